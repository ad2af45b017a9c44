"""Checks that look at a whole flow or agent, a small function each."""

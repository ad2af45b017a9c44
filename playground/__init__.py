"""Talking to an agent without a phone: the playgrounds.

One engine serves the playground, the tests and the phone; here it has a keyboard for a
mouth and an ear. Installed as ``flowkit.playground``.
"""

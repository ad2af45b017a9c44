"""The dialogue engine: a pure function over immutable data. Read this package first.

``flow`` is what was compiled, ``state`` where a call stands, ``events`` what happens,
``effects`` what is to be done; ``engine.step`` turns one into the other. Nothing here
reads a clock, awaits, draws a random number, or raises on anything a host can send.
"""

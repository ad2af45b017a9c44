"""The dialogue engine: a pure function over immutable data. Read this package first.

Nothing here reads a clock, awaits, draws a random number, or raises on anything a host can
send. Its rules, by number, are in ``RULES.md``. The way of a caller's sentence, from ear to
mouth:

``events``      what happens to a call (``CallerSaid``)
``engine``      takes one event; ``step`` is the whole interface
``requesting``  what an understander is told: the open question, the slots, the choices
``acts``        what it answers (``set``, ``yes``, ``person`` ...), in ``request``'s shapes
``answering``   the order in which acts are taken, and what is counted
    ``taking``      values: one transaction, by the rules of ``filling``
    ``replying``    yes and no, to each kind of question
    ``asides``      wait, repeat, why, side questions
    ``tasks``       another flow, cancel, start again, goodbye
``settling``    from "what is not satisfied" (``walk``) to speech, calls, questions
    ``asking``      what is asked, and in which words
    ``blocks``      steps beside the outline: ``if_it_fails``, rungs ...
    ``ladders``     what happens when a question gets nothing usable
    ``runs``        flows that start, wait, and end
    ``handoffs``    the last words, and giving the call away
``speaking``    one utterance at a time, and what of it was heard
``effects``     what is to be done (``Say``, ``CallTool``)

``returning`` takes what tools bring, ``timing`` what time brings. ``flow`` is what was
compiled, ``state`` where a call stands, ``scope`` the names that sentences read, ``turn``
the workspace of one step. ``view`` shows a state to people, ``codec`` writes it as JSON,
``trace`` says what was decided and why.
"""

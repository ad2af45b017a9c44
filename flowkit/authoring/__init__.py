"""From a designer's text to a compiled agent: the pure half that runs before any call.

``source`` reads located YAML, ``document`` gives it its shape, ``templates`` holds the
sentences and conditions, ``compiler`` builds the immutable ``Agent`` and ``checks`` look
at it as a whole. Findings are ``Diagnostic``s with a code of ``codes``; all of them are
collected in one run.
"""

"""Every code that a diagnostic can carry, with its title and how bad it is.

1xx the YAML itself, 2xx the shape of a file, 3xx names, 4xx sentences and conditions,
5xx the flow as a whole, 6xx Python extensions, 7xx tests, 9xx style for the ear. A code
is never used for something else later; each has a page under ``explain/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flowkit.diagnostics import Diagnostic, Fix, Severity, Span


@dataclass(frozen=True, slots=True)
class Code:
    """What one code stands for."""

    code: str
    title: str
    """In the words of a designer, starting in lower case, without a full stop."""
    severity: Severity = Severity.ERROR


_ERRORS = """
FK101 this is not YAML that can be read
FK102 a tab instead of spaces
FK103 the same key twice in one block
FK104 a colon followed by a space in a sentence without quotes
FK105 a sentence that starts with {{ without quotes
FK106 a quote that is never closed
FK107 a sentence that starts with a character that means something to YAML
FK108 a line that is indented wrongly
FK110 an anchor or an alias (&name, *name)
FK111 a tag (!something)
FK112 a merge key (<<)
FK113 braces {...} instead of a block
FK114 blocks nested too deeply
FK115 a file that is too large
FK116 a file that is not plain UTF-8 text
FK117 several documents in one file
FK118 an empty file
FK119 a key that is not a single word or phrase
FK201 a key that does not exist here
FK202 the wrong kind of value: a text, a list or a block was expected
FK203 a plain list under say
FK204 a step that does nothing: it has no verb
FK205 a step with two verbs
FK206 something that is needed is missing
FK207 a key without a value
FK208 not a length of time
FK209 not a number of times
FK210 not one of the words that are possible here
FK211 neither true nor false
FK212 not a name
FK213 a key of a capability that does not exist yet
FK214 a rule that needs exactly one of must and check
FK215 something that cannot be a rung of a ladder
FK216 a key that belongs somewhere else
FK217 an option that does not fit the type of the slot
FK218 a version of the flow format that this flowkit does not know
FK219 a file that is neither a flow, nor an agent, tests or a translation
FK220 not a phone number or SIP address
FK221 a language, country or time zone that is not known
FK222 a name that flowkit uses itself
FK223 a folder or file without a flow
FK224 a file that cannot be read
FK225 a secret written into a file
FK226 opening hours that cannot be read
FK301 a flow that does not exist
FK302 a name in a sentence or condition that nothing is called
FK303 a slot that does not exist
FK304 a type that does not exist
FK305 a tool that does not exist
FK306 a validator that does not exist
FK307 a filter that does not exist
FK308 a person who is not under people
FK309 two flows of one name
FK310 one name for two things
FK311 one save_as in two steps
FK312 a part of a value that does not exist
FK315 a word that is not among the choices of the slot
FK316 a choice, or a word for it, listed twice
FK317 a step that a test starts at and that does not exist
FK401 a sentence or condition that cannot be read
FK402 something that sentences and conditions cannot do
FK404 a condition in braces
FK405 a day of the week compared with something else than its English name
FK406 a value that may not be known here yet
FK407 an optional slot spoken without a guard
FK408 a private slot spoken outside its read-back
FK409 two kinds of values compared with each other
FK411 a sentence without a translation
FK412 a translation of a sentence that does not exist any more
FK413 a translation that does not speak the same values
FK414 two translations of one sentence
FK415 a confirm that speaks no value
FK417 a rule that reads a result
FK418 one = instead of ==
FK419 a private given value spoken outside a when
FK420 a private slot that suggests its value aloud
FK422 a translation into a language that the agent does not speak
FK423 an offer that does not speak its choices
FK501 steps that are never reached
FK502 a tool that cannot be undone, without a confirm before it
FK503 a point of no return whose slots its confirm does not speak
FK504 results that need each other
FK505 flows that call each other without the caller saying anything
FK506 a ladder that does not end in an action
FK507 a skip for a slot that is not optional
FK508 an if_none_suit that falls through
FK509 an if_it_fails that falls through
FK510 an optional slot for an argument that the tool needs
FK511 a flow without steps
FK514 a slot that is asked and has no question
FK516 after with a slot that it cannot come after
FK522 a step that can and cannot be repeated
FK601 a Python module that is not found
FK602 a Python module that cannot be imported
FK603 a file outside the folder of the agent
FK604 Python in a flow that was pasted
FK605 an argument that the tool does not take
FK606 an argument that the tool needs and does not get
FK607 a validator that reads a name that does not exist
FK608 a Python function of the wrong kind
FK609 two tools or validators of one name
FK610 a Python function without its @tool or @validator
FK611 a slot type in Python that lacks something
FK612 a field that the tool never returns
FK701 a meaning that does not exist
FK702 a line of a test that speaks of nothing before it
FK703 a value that the slot cannot have
FK704 two tests of one name
FK705 not a date and a time
"""

_WARNINGS = """
FK109 words after a # that are dropped
FK313 a slot that is never asked
FK314 a slot that is asked and never used
FK410 a condition that is always the same
FK421 one brace { } instead of two
FK512 a flow that nothing starts
FK513 side questions that overlap
FK515 slots of one name in two flows that are not shared
FK523 an if_changed_later that never comes
FK613 Python that is not written yet
FK901 a sentence that is too long for the ear
FK902 a list that is too long for the ear
FK903 two questions in one sentence
FK904 a phone or payment slot that is not private
FK905 an otherwise that does not end in a question
FK906 a result that is spoken once although it may come again
FK907 something that is written rather than spoken
"""


def _read(table: str, severity: Severity) -> dict[str, Code]:
    rows = (line.split(" ", 1) for line in table.strip().splitlines())
    return {code: Code(code, title, severity) for code, title in rows}


CODES: Mapping[str, Code] = MappingProxyType(
    dict(
        sorted(
            (
                _read(_ERRORS, Severity.ERROR) | _read(_WARNINGS, Severity.WARNING)
            ).items()
        )
    )
)
"""Every code, in order."""


def found(
    code: str, span: Span, message: str, *, advice: str = "", fix: Fix | None = None
) -> Diagnostic:
    """Return a diagnostic with the severity of its code.

    Args:
        code: One of ``CODES``.
        span: Where.
        message: What is wrong here: a sentence, starting in lower case.
        advice: What to write instead: one sentence, or empty.
        fix: The edit, when there is exactly one remedy.
    """
    return Diagnostic(code, message, span, advice, CODES[code].severity, fix)

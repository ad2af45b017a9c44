"""The whole grammar as one table: which key stands where, and what its value is.

Everything that must agree on it is made from it: the reading of files (``document``),
the suggestions, the JSON Schema. A new key is a new line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What stands behind a key."""

    SENTENCE = "a sentence"
    SAY = "a sentence, or variants of one"
    """A sentence, or ``one_of:`` with several."""
    TEXT = "a text"
    """Words that are not spoken and have no ``{{ }}``."""
    CONDITION = "a condition"
    EXPRESSION = "a value"
    NAME = "a name"
    WORD = "a word"
    NAMES = "a list of names"
    TEXTS = "a list of texts"
    SENTENCES = "a list of sentences"
    YES = "true or false"
    TIME = "a length of time"
    TIMES = "a number of times"
    STEPS = "a list of steps"
    OTHERWISE = "a sentence or a list of steps"
    RULES = "a list of rules"
    RUNGS = "a list of rungs"
    ARGUMENTS = "a list of names, or a block with one argument a line"
    CHOICES = "a list of choices"
    SLOTS = "a block with one slot a line"
    GIVEN = "a block with one name a line"
    ANYTIME = "a list of side questions"
    DEFAULTS = "a block"
    VALUES = "a block with one value a line"
    PEOPLE = "a block with one person a line"
    MODULES = "a list of Python modules"
    HOURS = "opening hours"
    CODE = "a code"
    TRANSLATIONS = "a list of translations"
    NOTHING = "nothing"
    ANY = "some value"


@dataclass(frozen=True, slots=True)
class Key:
    """One key in one place."""

    name: str
    kind: Kind
    means: str
    """One sentence, for editors."""
    words: tuple[str, ...] = ()
    """The words that are possible, if only these are."""
    needed: bool = False
    later: str = ""
    """The capability that brings it; empty: it works."""


INTERRUPT = ("anytime", "with_answer", "never")
DAY_HALVES = ("morning", "afternoon", "evening", "night", "past", "future", "birth")


def _table(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


_INTERRUPT = Key("interrupt", Kind.WORD, "Whether callers can talk over it.", INTERRUPT)
_IF_NOT_UNDERSTOOD = Key(
    "if_not_understood", Kind.RUNGS, "What happens, one rung a time, after an answer "
    "without a meaning here.",
)  # fmt: skip
_IF_SILENT = Key("if_silent", Kind.RUNGS, "What happens, one rung a time, in silence.")
_IF_REFUSED = Key(
    "if_refused", Kind.RUNGS, "What happens after the first refused value of a slot."
)
_SILENCE_AFTER = Key("silence_after", Kind.TIME, "How long a silence must be.")
LADDERS = (_IF_NOT_UNDERSTOOD.name, _IF_SILENT.name, _IF_REFUSED.name)
"""The ladders of a question, in the order in which they are shown."""
_QUESTION = (_IF_NOT_UNDERSTOOD, _IF_SILENT, _IF_REFUSED, _SILENCE_AFTER, _INTERRUPT)

FLOW = _table(
    Key("flowkit", Kind.CODE, "The version of the flow format: 1."),
    Key("flow", Kind.NAME, "The flow's name.", needed=True),
    Key("about", Kind.TEXT, "When this flow is wanted, in one sentence."),
    Key("such_as", Kind.TEXTS, "What callers say who want it."),
    Key("language", Kind.CODE, "The language that its sentences are written in."),
    Key("steps", Kind.STEPS, "The outline, from top to bottom.", needed=True),
    Key("slots", Kind.SLOTS, "The form: what is asked for."),
    Key("anytime", Kind.ANYTIME, "Side questions that callers may ask."),
    Key("defaults", Kind.DEFAULTS, "The ladders for all questions of the flow."),
    Key("given", Kind.GIVEN, "Values that come with the call."),
    Key("speaks_first", Kind.WORD, "Who opens the call.", ("bot", "caller")),
    Key("if_voicemail", Kind.STEPS, "When a machine answers.", later="phone"),
)
AGENT = _table(
    Key("flowkit", Kind.CODE, "The version of the flow format: 1."),
    Key("agent", Kind.NAME, "The agent's name.", needed=True),
    Key("start", Kind.NAME, "The flow that answers."),
    Key("language", Kind.CODE, "The language it speaks."),
    Key("languages", Kind.TEXTS, "All languages it speaks."),
    Key("language_fallback", Kind.CODE, "Spoken where a translation is missing."),
    Key("country", Kind.CODE, "How phone numbers and dates are read, like US."),
    Key("timezone", Kind.CODE, "What today means, like America/New_York."),
    Key("uses", Kind.MODULES, "Python modules with tools and validators."),
    Key("values", Kind.VALUES, "Constants for sentences and conditions."),
    Key("people", Kind.PEOPLE, "The only places a call can be transferred to."),
    Key("slots", Kind.SLOTS, "Slots that the agent's flows share."),
    Key("anytime", Kind.ANYTIME, "Side questions in every flow."),
    Key("defaults", Kind.DEFAULTS, "The ladders for all flows."),
    Key("voice", Kind.ANY, "How it sounds on the phone.", later="phone"),
    Key("understanding", Kind.ANY, "How callers are understood.", later="model"),
    Key("style", Kind.ANY, "How freely sentences are worded.", later="model"),
    Key("persona", Kind.ANY, "Who the agent is.", later="model"),
    Key("model", Kind.ANY, "The model that understands and words.", later="model"),
    Key("retention", Kind.ANY, "How long records are kept.", later="records"),
)

_CONSENT = Key("consent", Kind.ANY, "Evidence of consent.", later="records")
STEPS: Mapping[str, Mapping[str, Key]] = {
    "say": _table(
        Key("say", Kind.SAY, "What is spoken.", needed=True),
        _INTERRUPT,
        _CONSENT,
    ),
    "ask": _table(
        Key(
            "ask", Kind.NAMES, "Slots, asked in this order, filled in any.", needed=True
        ),
        _CONSENT,
    ),
    "confirm": _table(
        Key("confirm", Kind.SENTENCE, "What the caller must say yes to.", needed=True),
        _INTERRUPT,
    ),
    "do": _table(
        Key("do", Kind.NAME, "The tool that is called.", needed=True),
        Key("with", Kind.ARGUMENTS, "What the tool is given."),
        Key("save_as", Kind.NAME, "The name of its result."),
        Key("into", Kind.NAMES, "Slots filled from the result's fields."),
        Key("meanwhile", Kind.SENTENCE, "Spoken when it takes long."),
        Key("within", Kind.TIME, "How long it may take."),
        Key("if_it_fails", Kind.STEPS, "What happens when it fails."),
        Key("can_be_repeated", Kind.YES, "It is not a point of no return."),
        Key("cannot_be_undone", Kind.YES, "It is a point of no return."),
        Key("if_changed_later", Kind.STEPS, "For callers who change their mind later."),
    ),
    "when": _table(
        Key("when", Kind.CONDITION, "When the steps below are taken.", needed=True),
        Key("steps", Kind.STEPS, "The steps if it holds.", needed=True),
        Key("otherwise", Kind.STEPS, "The steps if it does not."),
    ),
    "offer": _table(
        Key("offer", Kind.EXPRESSION, "The list to choose from.", needed=True),
        Key("into", Kind.NAMES, "The slots that a choice fills.", needed=True),
        Key("say", Kind.SENTENCE, "The question, with {{ choices }}.", needed=True),
        Key("each", Kind.SENTENCE, "How one choice is spoken."),
        Key("if_none_suit", Kind.STEPS, "When the caller wants none.", needed=True),
        _INTERRUPT,
    ),
    "ask_again": _table(
        Key("ask_again", Kind.NAMES, "Slots to empty and ask again.", needed=True),
        Key("say", Kind.SENTENCE, "Spoken instead of the slot's question."),
        Key("at_most", Kind.TIMES, "How often."),
        Key("then", Kind.STEPS, "What happens when that is used up."),
        _INTERRUPT,
    ),
    "start_one_of": _table(
        Key("start_one_of", Kind.NAMES, "Flows to choose from.", needed=True),
        Key("say", Kind.SENTENCE, "The question.", needed=True),
        _INTERRUPT,
    ),
    "do_flow": _table(Key("do_flow", Kind.NAME, "A flow, then back.", needed=True)),
    "go_to": _table(
        Key("go_to", Kind.NAME, "The flow to leave for.", needed=True),
        Key("with", Kind.NAMES, "Slots that are carried over."),
    ),
    "handoff": _table(
        Key("handoff", Kind.SENTENCE, "The reason, for the person.", needed=True),
        Key("to", Kind.NAME, "Who takes the call (the first under people)."),
        Key("say", Kind.SENTENCE, "Spoken before."),
        Key("if_nobody", Kind.STEPS, "When nobody takes the call."),
        _INTERRUPT,
    ),
    "end": _table(Key("end", Kind.NAME, "A word for what came of it, or nothing.")),
    "skip": _table(Key("skip", Kind.NOTHING, "Leave the optional slot empty.")),
}
"""The keys of a step by its verb."""

SLOT = _table(
    Key("type", Kind.NAME, "What kind of value it is.", needed=True),
    Key("ask", Kind.SENTENCE, "The question."),
    Key("rules", Kind.RULES, "What its value must be like."),
    Key("optional", Kind.YES, "Callers may leave it out."),
    Key("hints", Kind.TEXTS, "Words that help to understand."),
    _INTERRUPT,
    Key("choices", Kind.CHOICES, "What can be chosen."),
    Key("many", Kind.YES, "Several can be chosen."),
    Key("counted", Kind.YES, "Several can be chosen, and how many of each."),
    Key("after", Kind.NAME, "The slot that this date or time comes after."),
    Key("assume", Kind.WORD, "How an ambiguous value is read.", DAY_HALVES),
    Key("suggest", Kind.EXPRESSION, "A value to offer."),
    Key("ask_suggested", Kind.SENTENCE, "The question that offers it, with {{ it }}."),
    Key("read_back", Kind.WORD, "Whether it is read back.", ("always", "never")),
    Key("keypad", Kind.YES, "It can be typed on the keypad."),
    Key("private", Kind.YES, "It is masked in records and logs."),
    Key("length", Kind.ANY, "How many digits or characters it has."),
    _IF_NOT_UNDERSTOOD,
    _IF_SILENT,
    _IF_REFUSED,
    _SILENCE_AFTER,
)
OPTIONS = frozenset({"choices", "many", "counted", "assume", "length"})
"""Keys of a slot that are options of its type."""

RULE = _table(
    Key("must", Kind.CONDITION, "What must be true."),
    Key("check", Kind.NAME, "A validator in Python."),
    Key("otherwise", Kind.OTHERWISE, "Spoken or done when it is not.", needed=True),
)
ENTRY = _table(
    Key("caller_asks", Kind.TEXT, "What callers ask about."),
    Key("caller_wants", Kind.TEXT, "What callers want."),
    Key("such_as", Kind.TEXTS, "What callers say then."),
    Key("say", Kind.SAY, "The answer."),
    Key("steps", Kind.STEPS, "The answer, in steps."),
    Key("go_to", Kind.NAME, "The flow that it starts."),
    Key("answer_from", Kind.ANY, "A page to answer from.", later="model"),
)
DEFAULTS = _table(*_QUESTION)
GIVEN = _table(
    Key("type", Kind.NAME, "What kind of value it is.", needed=True),
    Key("private", Kind.YES, "It is masked in records and logs."),
)
PERSON = _table(
    Key("call", Kind.TEXT, "A phone number or SIP address.", needed=True),
    Key("open", Kind.HOURS, "When somebody is there, like 9:00-18:00."),
)
TRANSLATIONS = _table(
    Key("flowkit", Kind.CODE, "The version of the flow format: 1."),
    Key("flow", Kind.NAME, "The flow whose sentences these are."),
    Key("agent", Kind.NAME, "The agent whose sentences these are."),
    Key("language", Kind.CODE, "The language.", needed=True),
    Key("translations", Kind.TRANSLATIONS, "Sentences with translations.", needed=True),
)
TESTS = _table(
    Key("flowkit", Kind.CODE, "The version of the flow format: 1."),
    Key("flow", Kind.NAME, "The flow that is tested."),
    Key("now", Kind.TEXT, "Date and time of the calls."),
    Key("language", Kind.CODE, "The language of the calls."),
    Key("caller", Kind.ANY, "Who calls."),
    Key("given", Kind.ANY, "Values that come with the calls."),
    Key("tools", Kind.ANY, "What the tools answer."),
    Key("slots", Kind.ANY, "Slots that are known already."),
    Key("tests", Kind.ANY, "The tests.", needed=True),
)
TEST = _table(
    Key("test", Kind.TEXT, "What is tested.", needed=True),
    Key("now", Kind.TEXT, "Date and time of the call."),
    Key("language", Kind.CODE, "The language of the call."),
    Key("caller", Kind.ANY, "Who calls."),
    Key("given", Kind.ANY, "Values that come with the call."),
    Key("tools", Kind.ANY, "What the tools answer."),
    Key("slots", Kind.ANY, "Slots that are known already."),
    Key("start_at", Kind.TEXT, "A step's verb, tool or slot to start at."),
    Key("talk", Kind.ANY, "The conversation.", needed=True),
    Key("ends", Kind.TEXT, "The outcome, or waiting."),
)
LINES: Mapping[str, Mapping[str, Key]] = {
    "bot": _table(Key("bot", Kind.TEXT, "Words that the agent says.", needed=True)),
    "bot_asks": _table(Key("bot_asks", Kind.TEXT, "A slot.", needed=True)),
    "bot_reads_back": _table(Key("bot_reads_back", Kind.TEXT, "A slot.", needed=True)),
    "bot_confirms": _table(
        Key("bot_confirms", Kind.TEXTS, "The values that are confirmed.", needed=True)
    ),
    "bot_keeps_talking": _table(Key("bot_keeps_talking", Kind.NOTHING, "No cut.")),
    "bot_stops": _table(Key("bot_stops", Kind.NOTHING, "The agent is cut off.")),
    "caller": _table(
        Key("caller", Kind.TEXT, "What the caller says.", needed=True),
        Key("means", Kind.ANY, "The acts, by hand."),
    ),
    "caller_over_bot": _table(
        Key("caller_over_bot", Kind.TEXT, "Said over the agent.", needed=True),
        Key("after", Kind.TEXT, "After so many words."),
        Key("means", Kind.ANY, "The acts, by hand."),
    ),
    "caller_hangs_up": _table(
        Key("caller_hangs_up", Kind.NOTHING, "The caller is gone.")
    ),
    "keys": _table(Key("keys", Kind.TEXT, "Keys that are pressed.", needed=True)),
    "silence": _table(Key("silence", Kind.TIME, "How long.", needed=True)),
    "slots": _table(Key("slots", Kind.ANY, "Values of slots.", needed=True)),
    "tool": _table(
        Key("tool", Kind.NAME, "A tool that was called.", needed=True),
        Key("with", Kind.ANY, "Some of its arguments."),
    ),
}
"""The keys of a line of a talk by the one that names it."""

_ALL = (FLOW, AGENT, *STEPS.values(), SLOT, RULE, ENTRY, DEFAULTS, GIVEN, PERSON,
        TRANSLATIONS, TESTS, TEST, *LINES.values())  # fmt: skip
KEYS = frozenset(key for table in _ALL for key in table) | {"one_of", "en", "where"}
"""Every key there is, anywhere."""

PLACES: Mapping[str, str] = {
    **dict.fromkeys(RULE, "a rule of a slot"),
    **dict.fromkeys(ENTRY, "an entry of anytime"),
    **dict.fromkeys(DEFAULTS, "defaults, or a slot"),
    **dict.fromkeys(SLOT, "a slot"),
    **dict.fromkeys(STEPS, "a step"),
    **dict.fromkeys(FLOW, "the top of a flow file"),
    **{key: "agent.yaml" for key in AGENT if key not in FLOW},
    "ask": "a slot",
    "say": "a step",
    "with": "a do step",
    "save_as": "a do step",
    "meanwhile": "a do step",
    "within": "a do step",
    "if_it_fails": "a do step",
    "can_be_repeated": "a do step",
    "cannot_be_undone": "a do step",
    "if_changed_later": "a do step",
    "each": "an offer step",
    "into": "a do or an offer step",
    "if_none_suit": "an offer step",
    "at_most": "an ask_again step",
    "then": "an ask_again step",
    "to": "a handoff step",
    "if_nobody": "a handoff step",
    "interrupt": "a step that speaks, a slot, or defaults",
    "one_of": "say",
}
"""Where a key belongs, for those who put it elsewhere."""

RIVALS: Mapping[str, str] = {
    "prompt": "ask", "question": "ask", "elicitation": "ask", "elicit": "ask",
    "message": "say", "utterance": "say", "response": "say", "text": "say",
    "speak": "say", "answer": "say", "bot": "say", "tell": "say", "reply": "say",
    "nodes": "steps", "states": "steps", "stages": "steps", "blocks": "steps",
    "actions": "steps", "node": "steps", "script": "steps",
    "entities": "slots", "variables": "slots", "parameters": "slots",
    "fields": "slots", "form": "slots", "entity": "slots", "questions": "slots",
    "intent": "about", "intents": "anytime", "description": "about", "task": "about",
    "examples": "such_as", "training_phrases": "such_as", "utterances": "such_as",
    "faq": "anytime", "interruptions": "anytime", "digressions": "anytime",
    "action": "do", "call": "do", "function": "do", "tool": "do", "webhook": "do",
    "run": "do", "execute": "do",
    "if": "when", "condition": "when", "guard": "when", "case": "when",
    "else": "otherwise", "then": "steps", "otherwise_say": "otherwise",
    "goto": "go_to", "jump": "go_to", "transition": "go_to", "next": "go_to",
    "link": "go_to", "subflow": "do_flow", "call_flow": "do_flow",
    "transfer": "handoff", "escalate": "handoff", "escalation": "handoff",
    "handover": "handoff", "agent": "handoff", "operator": "handoff",
    "hangup": "end", "hang_up": "end", "stop": "end", "exit": "end", "finish": "end",
    "reprompt": "if_not_understood", "no_match": "if_not_understood",
    "nomatch": "if_not_understood", "fallback": "if_not_understood",
    "no_input": "if_silent", "noinput": "if_silent", "no_reply": "if_silent",
    "timeout": "silence_after", "silence": "if_silent",
    "validate": "rules", "validation": "rules", "validators": "rules",
    "validator": "check", "constraints": "rules", "rule": "rules",
    "error": "otherwise", "error_message": "otherwise", "message_if_invalid": "otherwise",
    "on_error": "if_it_fails", "on_failure": "if_it_fails", "if_fails": "if_it_fails",
    "required": "optional", "mandatory": "optional", "barge_in": "interrupt",
    "interruptible": "interrupt", "bargein": "interrupt",
    "save": "save_as", "result": "save_as", "output": "save_as", "store_as": "save_as",
    "args": "with", "arguments": "with", "params": "with", "input": "with",
    "inputs": "with", "kind": "type", "format": "type",
    "options": "choices", "enum": "choices", "items": "choices", "list": "choices",
    "constants": "values", "settings": "values", "config": "values", "vars": "values",
    "contacts": "people", "numbers": "people", "targets": "people",
    "transfer_to": "to", "confirmation": "confirm", "confirm_with": "confirm",
    "default": "suggest", "max": "at_most", "times": "at_most", "retries": "at_most",
    "name": "flow", "id": "flow", "title": "flow", "import": "uses", "imports": "uses",
    "tools": "uses", "modules": "uses", "sensitive": "private", "secret": "private",
    "dtmf": "keypad", "synonyms": "choices", "tz": "timezone", "region": "country",
    "locale": "language", "lang": "language", "wait_message": "meanwhile",
    "filler": "meanwhile", "regex": "rules", "pattern": "rules",
}  # fmt: skip
"""What other tools call it, and what it is called here."""

RESERVED = frozenset(
    {
        "today", "now", "part_of_day", "caller", "call", "language", "it", "choices",
        "days", "weeks", "and", "or", "not", "in", "is", "if", "else", "elif", "endif",
        "true", "false", "none", "True", "False", "None", "default", "plural", "spell",
        "digits", "join", "upper", "title", "skip", "end", "loop", "self", "for", "set",
    }
)  # fmt: skip
"""Names that mean something already."""

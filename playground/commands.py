"""What a tester types: the caller's words, or a ``:command``.

A line becomes a small record that says what is meant; nothing here does anything. Text
that cannot be read raises ``CommandError``, whose words are for the tester.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from flowkit.dialogue.acts import Json

# --- what can be meant --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """The caller says something."""

    text: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller says nothing."""

    seconds: float | None = None
    """None: until something happens."""


@dataclass(frozen=True, slots=True)
class Over:
    """The caller talks over the agent's last words."""

    text: str
    words: int | None = None
    """How many words the agent had said by then; None: about half of them."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The agent is cut off by a noise that means nothing."""

    words: int | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The caller presses keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class Back:
    """Undo the last turn."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Call again, from the beginning."""


Move: TypeAlias = Words | Silence | Over | Interrupt | Keys
"""What the caller does."""
Input: TypeAlias = Move | Back | Restart
"""What moves the conversation: each gives one line with ``--json``."""


@dataclass(frozen=True, slots=True)
class Tool:
    """How the next call of a tool (any, when unnamed) is answered."""

    answer: Json
    """Its result, or the word ``fail`` or ``slow``."""
    name: str | None = None
    seconds: float | None = None
    """For ``slow``: then the agent's own tool answers; None: too slow for its limit."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that comes with the call."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Lang:
    """Go on in another language of the agent; None: which are there?"""

    code: str | None


@dataclass(frozen=True, slots=True)
class Save:
    """Write the conversation as a test."""

    name: str


@dataclass(frozen=True, slots=True)
class Show:
    """Show something of the conversation."""

    what: Literal["slots", "steps", "why", "trace"]


@dataclass(frozen=True, slots=True)
class Help:
    """Say what can be typed."""

    about: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """Understanding by a model, on or off."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave the playground."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing was typed, or a remark in a script."""


Line: TypeAlias = (
    Input | Tool | Given | Lang | Save | Show | Help | Model | Quit | Empty
)


class CommandError(Exception):
    """The line cannot be read; the text says why, and what to type instead."""


# --- how each is typed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usage:
    """One command as ``:help`` shows it."""

    form: str
    about: str
    more: str = ""


COMMANDS: Mapping[str, Usage] = {
    "slots": Usage(":slots", "what has been filled in, and how sure that is"),
    "steps": Usage(":steps", "the flow's steps: done, waiting, ahead"),
    "why": Usage(":why", "why the agent said what it just said"),
    "trace": Usage(":trace", "everything that happened in the last turn"),
    "silence": Usage(
        ":silence [SECONDS]",
        "say nothing for a while",
        "Without a number: until the agent does something. Real time does not pass.",
    ),
    "over": Usage(
        ":over TEXT [@WORDS]",
        "talk over the agent",
        "You begin when it has said WORDS words of what it just said, or half of it:\n"
        ":over mm-hm      :over six people @3",
    ),
    "interrupt": Usage(
        ":interrupt [WORDS]",
        "cut the agent off with a noise",
        "After WORDS words of what it just said, or half of it.",
    ),
    "key": Usage(":key DIGITS", "press keys of the phone; # ends a number"),
    "tool": Usage(
        ":tool [NAME] ANSWER",
        "how the next tool call ends",
        "ANSWER is fail, slow (too slow: it is given up), slow 3 (it answers after three\n"
        "seconds), or a result:\n"
        ":tool fail      :tool make_booking slow\n"
        ':tool status: full      :tool check_availability {"status": "free"}',
    ),
    "given": Usage(":given NAME VALUE", "a value that comes with the call"),
    "lang": Usage(":lang CODE", "go on in another language"),
    "back": Usage(":back", "undo your last turn"),
    "restart": Usage(":restart", "call again, from the beginning"),
    "save": Usage(":save NAME", "keep this conversation as a test"),
    "model": Usage(":model on|off", "understanding by a language model"),
    "help": Usage(":help [COMMAND]", "this list, or more about one of them"),
    "quit": Usage(":quit", "leave"),
}
"""Every command, in the order of ``:help``."""

_BARE: Mapping[str, Line] = {
    "slots": Show("slots"),
    "steps": Show("steps"),
    "why": Show("why"),
    "trace": Show("trace"),
    "back": Back(),
    "restart": Restart(),
    "model": Model(),
    "quit": Quit(),
}
_ALSO = {"q": "quit", "exit": "quit", "keys": "key", "undo": "back", "?": "help"}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|secs?|seconds?|m|mins?|minutes?)?", re.I)
_AT = re.compile(r"(?:^|\s)@\s*(\d+)(?:\s+words?)?$")
_PAIR = re.compile(r"(?:^|[,;]\s*)([A-Za-z_]\w*)\s*:\s*")
_KEYS = re.compile(r"[0-9*#]+")
_MOST_WORDS = 10_000


def read(line: str, *, tools: Collection[str] = ()) -> Line:
    r"""Return what a line means.

    Args:
        line: As typed; ``\:`` says a colon to the agent, ``# `` starts a remark.
        tools: The names of the agent's tools.

    Raises:
        CommandError: It begins with a colon and cannot be read.
    """
    text = line.strip().lstrip("\ufeff")
    if not text or text.startswith("# "):
        return Empty()
    if not text.startswith(":"):
        return Words(text.removeprefix("\\") if text.startswith("\\:") else text)
    word, _, rest = text[1:].strip().partition(" ")
    rest = rest.strip()
    name = word.lower()
    name = _ALSO.get(name, name)
    if name not in COMMANDS:
        raise CommandError(_unknown(word))
    if (bare := _BARE.get(name)) is not None:
        return bare
    return _with_words(name, rest, tools)


def _with_words(name: str, rest: str, tools: Collection[str]) -> Line:
    match name:
        case "silence":
            return Silence(_seconds(rest))
        case "over":
            return _over(rest)
        case "interrupt":
            return Interrupt(_number(rest.removeprefix("@")))
        case "key":
            return _keys(rest)
        case "tool":
            return _tool(rest, tools)
        case "given":
            given, _, value = rest.replace("=", " ", 1).partition(" ")
            _need(value.strip(), name)
            return Given(given.rstrip(":"), value.strip())
        case "lang":
            return Lang(rest or None)
        case "save":
            return Save(_need(rest.strip("\"'"), name))
        case _:
            return Help(_ALSO.get(rest.lstrip(":"), rest.lstrip(":")).lower())


def help_lines(about: str = "") -> list[tuple[str, str]]:
    """Return (what to type, what it does) for one command, or for all.

    Raises:
        CommandError: There is no such command.
    """
    if not about:
        return [("any words", "what the caller says")] + [
            (usage.form, usage.about) for usage in COMMANDS.values()
        ]
    if about not in COMMANDS:
        raise CommandError(_unknown(about))
    usage = COMMANDS[about]
    return [(usage.form, usage.about)] + [
        ("", line) for line in usage.more.splitlines()
    ]


def _unknown(word: str) -> str:
    near = get_close_matches(word.lower(), COMMANDS, 1, 0.5)
    if near:
        return f"There is no command :{word}. Did you mean :{near[0]}?"
    return f"There is no command :{word}. Type :help to see them all."


def _need(text: str, name: str) -> str:
    if not text:
        raise CommandError(f"Type it like this: {COMMANDS[name].form}")
    return text


def _seconds(text: str) -> float | None:
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise CommandError(f'"{text}" is no time. Type it like this: :silence 6')
    seconds = float(found[1])
    return min(seconds * 60 if (found[2] or "").startswith("m") else seconds, 86_400.0)


def _number(text: str) -> int | None:
    text = text.strip().removesuffix("words").removesuffix("word").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise CommandError(f'"{text}" is no number of words. Type :interrupt 3')
    return min(int(text[:6]), _MOST_WORDS)


def _over(rest: str) -> Over:
    words = None
    if found := _AT.search(rest):
        words = min(int(found[1][:6]), _MOST_WORDS)
        rest = rest[: found.start()].strip()
    return Over(_need(rest, "over"), words)


def _keys(rest: str) -> Keys:
    digits = re.sub(r"[\s()./-]", "", _need(rest, "key"))
    if not _KEYS.fullmatch(digits):
        raise CommandError(f'"{rest}" are no keys of a phone: type 0 to 9, * and #.')
    return Keys(digits)


def _tool(rest: str, tools: Collection[str]) -> Tool:
    _need(rest, "tool")
    first, _, answer = rest.partition(" ")
    if first in tools:
        return _ending(_need(answer.strip(), "tool"), first)
    if answer.strip() and first != "slow" and re.fullmatch(r"[A-Za-z_]\w*", first):
        near = get_close_matches(first, tools, 1, 0.5)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        known = f" The agent's tools are: {', '.join(sorted(tools))}." if tools else ""
        raise CommandError(f'There is no tool "{first}".{hint or known}')
    return _ending(rest, None)


def _ending(text: str, name: str | None) -> Tool:
    word, _, time = text.partition(" ")
    if word == "slow" and time.strip():
        return Tool("slow", name, _seconds(time.strip()))
    return Tool(_answer(text), name)


def _answer(text: str) -> Json:
    if text in ("fail", "slow"):
        return text
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError):
        return _pairs(text)
    return data


def _pairs(text: str) -> Json:
    """Read ``status: full, places: 3`` as a mapping."""
    found = list(_PAIR.finditer(text))
    if not found or found[0].start() != 0 or text.startswith(("{", "[")):
        raise CommandError(
            f'"{text}" is no answer of a tool: type fail, slow, `name: value` or JSON.'
        )
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {
        match[1]: _value(text[match.end() : end].strip())
        for match, end in zip(found, ends, strict=True)
    }


def _value(text: str) -> Json:
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data

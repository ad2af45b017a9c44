"""A call written down, one JSON line an event, and played again from that.

A journal is append-only. Its first line says which agent, by fingerprint; the lines after
it are the events in the order in which the engine took them, so the same engine answers
with the same effects. Half a last line, as a crash leaves it, is not an event.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flowkit.dialogue import codec, engine, events
from flowkit.dialogue.acts import Json
from flowkit.dialogue.effects import Effect
from flowkit.dialogue.events import Event
from flowkit.dialogue.flow import Agent
from flowkit.ports import Journal

log = logging.getLogger(__name__)

MASK = "•••"
_DIGITS = re.compile(r"\d(?:[ .,/-]?\d){3,}")


class JournalError(Exception):
    """A journal that cannot be played with this agent."""


class MemoryJournal:
    """A journal that is kept in memory."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def append(self, entry: Mapping[str, Json]) -> None:
        """Add one line."""
        self.lines.append(_line(entry))

    def flush(self) -> None:
        """Do nothing: it is all there."""


class FileJournal:
    """A journal in a file, opened for appending.

    Lines are buffered and handed to the operating system at the end of each turn, so an
    event costs microseconds; what a crash of the process can lose is the turn it was in.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIOWrapper = self.path.open("a", encoding="utf-8", newline="\n")

    def append(self, entry: Mapping[str, Json]) -> None:
        """Add one line to the buffer."""
        self._file.write(_line(entry) + "\n")

    def flush(self) -> None:
        """Hand the lines to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Close the file; nothing can be added any more."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Scribe:
    """Writes to a journal that may fail: a full disk must not end a call.

    Args:
        journal: None: nothing is written.
        failed: Is told what went wrong.
    """

    def __init__(
        self, journal: Journal | None, failed: Callable[[BaseException], None]
    ) -> None:
        self.journal = journal
        self._failed = failed

    def begin(self, agent: Agent, **starting: Json) -> None:
        """Write the first line: which agent, and where the call starts if not at the top."""
        if self.journal is not None:
            head: dict[str, Json] = {
                "flowkit_journal": 1,
                "agent": agent.name,
                "fingerprint": agent.fingerprint,
            }
            self.write(head | {k: v for k, v in starting.items() if v is not None})

    def event(self, event: Event) -> None:
        """Write an event; one that is none is left out."""
        if self.journal is None:
            return
        try:
            entry = codec.event_to_json(event)
        except Exception as err:  # whatever a host may have fed
            log.error("a `%s` cannot be written", type(event).__name__, exc_info=err)
            self._failed(err)
            return
        self.write(entry)

    def write(self, entry: Mapping[str, Json]) -> None:
        """Write one line."""
        if self.journal is not None:
            self._try(self.journal.append, entry)

    def flush(self) -> None:
        """The turn has ended."""
        if self.journal is not None:
            self._try(self.journal.flush)

    def _try(self, write: Callable[..., None], *entry: Mapping[str, Json]) -> None:
        try:
            write(*entry)
        except Exception as err:  # anybody's journal
            log.error("the journal failed; the call goes on unwritten", exc_info=err)
            self.journal = None
            self._failed(err)


def replay_journal(agent: Agent, lines: Iterable[str]) -> list[Effect]:
    """Return the effects of a call that was written down, in order.

    They equal the original ones, since the engine is a function of the events alone.

    Raises:
        JournalError: The lines are no journal, or one of another version of the agent.
    """
    entries = _entries(lines)
    if not entries or "flowkit_journal" not in entries[0]:
        raise JournalError("the first line of a journal names its agent; found none")
    head = entries[0]
    if head.get("fingerprint") != agent.fingerprint:
        raise JournalError(
            f"this call was held with another version of `{head.get('agent')}`; "
            "replay it with the files as they were"
        )
    happened = [codec.event_from_json(entry) for entry in entries[1:]]
    found: list[Effect] = []
    if "state" in head:
        state = codec.state_from_json(head["state"])
    elif not happened:
        return found
    else:
        started = happened.pop(0)
        if not isinstance(started, events.CallStarted):
            raise JournalError("the second line of a journal starts the call")
        starting = {key: head.get(key) for key in ("slots", "at_step", "results")}
        stepped = engine.start(agent, started, **starting)
        state = stepped.state
        found += stepped.effects
    for event in happened:
        stepped = engine.step(agent, state, event)
        state = stepped.state
        found += stepped.effects
    return found


class MaskedJournal:
    """Hides private values before lines go to another journal.

    What a caller says is known to be private only when it has been understood, so a line
    of the caller is held back until then (or until ``close``). Masked are: values of
    private slots and the words that gave them, wherever they stand, also as they are
    spoken back; long numbers that the caller says; the caller's number; private given values; and the keys that were pressed,
    if the agent takes a private slot by keypad. A masked journal shows what happened; it
    can not be replayed.
    """

    def __init__(self, inner: Journal, agent: Agent) -> None:
        slots = [
            slot
            for flow in agent.flows.values()
            for slot in flow.slots.values()
            if slot.private
        ]
        self._inner = inner
        self._types = {slot.name: slot.type for slot in slots}
        self._keys = any(slot.keypad for slot in slots)
        self._given = {
            name
            for flow in agent.flows.values()
            for name, given in flow.given.items()
            if given.private
        }
        self._languages = tuple(agent.languages.values())
        self._secrets: set[str] = set()
        self._held: list[dict[str, Any]] = []  # Any: JSON of events
        self._waiting = 0

    def append(self, entry: Mapping[str, Json]) -> None:
        """Add one line, masked; lines behind one that is not understood wait for it."""
        data: dict[str, Any] = dict(entry)  # Any: JSON of events
        match data.get("event"):
            case "call_started":
                self._start(data)
            case "caller_said":
                self._waiting += 1
                if self._types:
                    data["text"] = _DIGITS.sub(MASK, data["text"])
            case "keys_pressed" if self._keys:
                data["keys"] = MASK
            case "understood":
                self._waiting = 0
                self._learn(data)
            case _ if "flowkit_journal" in data:
                for name, value in (data.get("slots") or {}).items():
                    self._add(name, value)
            case _:
                pass
        self._held.append(data)
        if not self._waiting:
            self._release()

    def flush(self) -> None:
        """Write out what need not wait."""
        self._inner.flush()

    def close(self) -> None:
        """Write out the rest; words that nobody understood are hidden as a whole."""
        for data in self._held:
            if data.get("event") == "caller_said":
                data["text"] = MASK
        self._release()
        self._inner.flush()

    def _release(self) -> None:
        for data in self._held:
            self._inner.append(self._masked(data))
        self._held.clear()

    def _start(self, data: dict[str, Any]) -> None:  # Any: JSON of events
        facts = data.get("facts") or {}
        if facts.get("number"):
            self._hide(facts["number"])
        for name in self._given & set(data.get("given") or {}):
            self._hide(data["given"][name])

    def _learn(self, data: dict[str, Any]) -> None:  # Any: JSON of events
        for act in data.get("acts") or ():
            for one in (act, *(act.get("candidates") or ())):
                if one.get("slot") in self._types:
                    self._hide(one.get("text"))
                    self._add(one["slot"], one.get("value"))

    def _add(self, name: str, value: Json) -> None:
        slot_type = self._types.get(name)
        if slot_type is None or value is None:
            return
        self._hide(value)
        for language in self._languages:
            try:
                self._hide(slot_type.speak(value, language))
            except Exception:  # noqa: BLE001  # a developer's type; the value itself is hidden
                continue

    def _hide(self, secret: object) -> None:
        if isinstance(secret, str | int | float) and not isinstance(secret, bool):
            text = str(secret).strip()
            if text:
                self._secrets.add(text)
        elif isinstance(secret, Mapping):
            for one in secret.values():
                self._hide(one)
        elif isinstance(secret, list | tuple):
            for one in secret:
                self._hide(one)

    def _masked(self, value: Any) -> Any:  # Any: JSON in, JSON out
        if isinstance(value, dict):
            return {
                key: one if key in ("event", "at", "id", "act") else self._masked(one)
                for key, one in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(one) for one in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return MASK if str(value) in self._secrets else value
        return self._cover(str(value))

    def _cover(self, text: str) -> str:
        if text in self._secrets:
            return MASK
        for secret in sorted(self._secrets, key=len, reverse=True):
            if len(secret) > 1:
                text = re.sub(
                    rf"(?<!\w){re.escape(secret)}(?!\w)",
                    MASK,
                    text,
                    flags=re.IGNORECASE,
                )
            text = _cover_beginning(text, secret)
        return text


def _cover_beginning(text: str, secret: str) -> str:
    """Hide a secret that the text breaks off in: speech that was cut.

    One word in common is chance ("the"); two at the end of a text are not.
    """
    words, wanted = text.split(), secret.split()
    for length in range(min(len(words), len(wanted) - 1), 1, -1):
        if [w.lower() for w in words[-length:]] == [w.lower() for w in wanted[:length]]:
            return " ".join((*words[:-length], MASK))
    return text


def _line(entry: Mapping[str, Json]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def _entries(lines: Iterable[str]) -> list[dict[str, Any]]:  # Any: JSON of events
    entries: list[dict[str, Any]] = []
    broken: int | None = None
    for number, line in enumerate(lines, 1):
        if broken is not None:
            raise JournalError(f"line {broken} of the journal cannot be read")
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            broken = number  # forgiven if nothing follows
            continue
        if not isinstance(entry, dict):
            raise JournalError(f"line {number} of the journal is no event")
        entries.append(entry)
    return entries

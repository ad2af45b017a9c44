"""The values that slot types find in an utterance, with the slots that they are for.

The types read the words as they stand. Some words around a value are not part of it
although they look so ("how about eight" is not "about eight"), and a value that follows
its slot's name ("the name is Carla") is as good as asked for: such parts are read again
by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import SlotType
from flowkit.dialogue.request import Fillable, Request
from flowkit.languages import Language
from flowkit.types.reading import Context, Reading, Utterance, split
from flowkit.understanding.cues import Cue
from flowkit.understanding.names import Naming

ReadFor: TypeAlias = tuple[Fillable, Reading]
"""A value, and the slot that it may be for."""
_SURELY = 0.95
_CHOICE = "choice"
_WHOLE = "text"
"""The type whose value is all that was said."""

_FIGURES = frozenset({"date", "time", "number", "duration", "money", "phone"})
"""Types whose values are the same words in every agent: no content of a topic."""
_EVER = datetime(2026, 1, 1, 12, tzinfo=UTC)


def figures(
    said: Utterance, types: Iterable[SlotType], language: Language, country: str
) -> frozenset[int]:
    """Return the indexes of the words that are days, times, amounts and the like."""
    ctx = Context(now=_EVER, language=language, country=country)
    found: set[int] = set()
    for one in {one.name: one for one in types if one.name in _FIGURES}.values():
        # a SlotType of the flow; those that are compiled can read
        for reading in one.find(said, ctx):  # type: ignore[attr-defined]
            if reading.certainty >= _SURELY:
                found.update(range(reading.start, reading.end))
    return frozenset(found)


class ValueReader:
    """Finds values for the slots of one request."""

    def __init__(
        self, request: Request, language: Language, asked: Sequence[str]
    ) -> None:
        self._request = request
        self._language = language
        self._asked = asked
        self.whole: ReadFor | None = None
        """The reading of an asked slot that takes the utterance as it stands."""

    def read(
        self, said: Utterance, cues: list[Cue], namings: list[Naming]
    ) -> list[ReadFor]:
        """Return every value, in no particular order."""
        readings = self._find(said)
        if self._request.speaking:
            # over the agent's speech "yes" is no answer yet
            readings = [one for one in readings if not isinstance(one[1].value, bool)]
        whole = self.whole
        readings = self._continued(said, readings)
        readings = self._outside_frames(said, readings, cues)
        carried = {
            cue.start
            for cue in cues
            if cue.name in ("carrier", "from_to") and cue.end == cue.start + 1
        }
        # "what's the name of ..." gives no name
        asking = {
            at
            for cue in cues
            if cue.name in ("inquiry", "recall")
            for at in range(cue.start, cue.end + 2)
        }
        readings = self._halves(readings, cues)
        readings += self._named(said, readings, namings, carried, asking)
        self.whole = whole
        return readings

    def values_of(self, slot: str, text: str, *, least: float = _SURELY) -> list[Json]:
        """Return the surest values that a text has for a slot, as if it was asked for."""
        found = [reading for _, reading in self._find(split(text), slot)]
        best = max((reading.certainty for reading in found), default=0.0)
        return [one.value for one in found if one.certainty == best >= least]

    def choices_in(self, text: str) -> list[Json]:
        """Return the choices of the asked slot that a question names, in order."""
        if len(self._asked) != 1:
            return []
        found = self._find(split(text), self._asked[0])
        named = [
            value
            for fillable, reading in sorted(found, key=lambda one: one[1].start)
            if fillable.slot.type.name == _CHOICE and reading.certainty >= _SURELY
            for value in (reading.value, *reading.also)
            if isinstance(value, str)
        ]
        return list(dict.fromkeys(named))

    def typed(self, slot: str, pressed: str) -> Json:
        """Return the value of digits typed for a slot, or None."""
        for one in self._request.slots:
            if one.slot.name == slot:
                # as in ``_find``
                value: Json = one.slot.type.keys(pressed, self._context(one))  # type: ignore[attr-defined]
                return value
        return None

    def _continued(self, said: Utterance, readings: list[ReadFor]) -> list[ReadFor]:
        """Read new words as the rest of a value that was begun in earlier turns."""
        for fillable in self._request.slots:
            name = fillable.slot.name
            if not fillable.begun or name not in self._asked:
                continue
            if any(
                one.slot.name == name and found.why is None for one, found in readings
            ):
                continue
            begun = split(fillable.begun)
            count = len(begun.words)
            joined = split(f"{fillable.begun} {said.text(0, len(said.words))}")
            rest = [
                (
                    one,
                    replace(
                        found, start=max(0, found.start - count), end=found.end - count
                    ),
                )
                for one, found in self._find(joined, name)
                if found.start < count < found.end
            ]
            if rest:
                readings = [one for one in readings if one[0].slot.name != name] + rest
        return readings

    def _outside_frames(
        self,
        said: Utterance,
        readings: list[ReadFor],
        cues: list[Cue],
    ) -> list[ReadFor]:
        """Read values again that took a word of a frame for their own.

        In "how about eight" the "about" is no "roughly"; in "change it from four to
        five" there is no stretch from four to five.
        """
        frames = [cue for cue in cues if cue.name == "change"]
        changes = min(
            (cue.start for cue in cues if cue.name in ("change", "changing")),
            default=None,
        )
        cuts: set[int] = {
            cue.start
            for cue in cues
            if cue.name in ("repair", "no_repair")
            for _, reading in readings
            if reading.start < cue.start and cue.end < reading.end
        }
        for cue in cues:
            if cue.name in ("repair", "no_repair", "no") and cue.end < len(said.words):
                # "peter, no sorry, paul": a name is only found where it can begin
                said_before = any(
                    one.slot.name in self._asked and reading.end <= cue.start
                    for one, reading in readings
                )
                if said_before and not any(
                    reading.end > cue.end for _, reading in readings
                ):
                    cuts.add(cue.end)
            if cue.name in ("not", "instead"):
                # "not seven eight" is no seven eight
                ends = [r.end for _, r in readings if r.start == cue.end]
                if ends and min(ends) < len(said.words):
                    cuts.add(min(ends))
        for _, reading in readings:
            for cue in frames:
                if cue.start < reading.start <= cue.end < reading.end and (
                    reading.why is not None or reading.start < cue.end
                ):
                    cuts.add(cue.end)
            if reading.why is not None:
                cuts.update(
                    cue.start
                    for cue in cues
                    if cue.name == "from_to"
                    and changes is not None
                    and changes < reading.start <= cue.start < reading.end
                )
        return self._in_parts(said, readings, sorted(cuts)) if cuts else readings

    def _in_parts(
        self, said: Utterance, readings: list[ReadFor], cuts: list[int]
    ) -> list[ReadFor]:
        """Read the parts between cuts by themselves, in place of what went over one."""
        places = {*cuts}
        kept = [
            one
            for one in readings
            if not any(
                one[1].start < cut < one[1].end
                or (cut == one[1].start and one[1].why is not None)
                for cut in places
            )
        ]
        known = {(one.slot.name, reading.start) for one, reading in kept}
        for start, end in zip([0, *cuts], [*cuts, len(said.words)], strict=True):
            part = Utterance(said.raw, said.words[start:end])
            for one, reading in self._find(part):
                moved = replace(
                    reading, start=reading.start + start, end=reading.end + start
                )
                if (one.slot.name, moved.start) not in known:
                    kept.append((one, moved))
        return kept

    def _halves(self, readings: list[ReadFor], cues: list[Cue]) -> list[ReadFor]:
        """Give the halves of "friday to sunday" to a slot and to the one after it."""
        slots = {one.slot.name: one for one in self._request.slots}
        pairs = [
            (slots[b.slot.after], b) for b in slots.values() if b.slot.after in slots
        ]
        if not pairs:
            return readings
        found: list[ReadFor] = []
        for early, late in pairs:
            names = (early.slot.name, late.slot.name)
            for fillable, reading in readings:
                if (
                    fillable is not early
                    or reading.why is None
                    or len(reading.also) != 2
                ):
                    continue
                cut = max(
                    (
                        cue.start
                        for cue in cues
                        if cue.name == "from_to"
                        and reading.start < cue.start < reading.end - 1
                    ),
                    default=None,
                )
                if cut is None:
                    continue
                readings = [
                    one
                    for one in readings
                    if one[0].slot.name not in names
                    or one[1].end <= reading.start
                    or one[1].start >= reading.end
                ]
                first, second = reading.also
                half = replace(reading, why=None, also=(), computed=True)
                found.append((early, replace(half, value=first, end=cut)))
                found.append((late, replace(half, value=second, start=cut)))
        return readings + found

    def _named(
        self,
        said: Utterance,
        readings: list[ReadFor],
        namings: list[Naming],
        carried: Set[int],
        asking: Set[int],
    ) -> list[ReadFor]:
        """Read what follows a slot's name as an answer to its question."""
        found: list[ReadFor] = []
        for naming in namings[:3]:
            cut = naming.end
            if not naming.direct or len(naming.slots) != 1 or cut >= len(said.words):
                continue
            if naming.start in asking:
                continue
            if any(
                reading.start <= cut + 2 and reading.end > cut
                for _, reading in readings
            ):
                continue
            while cut in carried and cut + 1 < len(said.words):
                cut += 1
            tail = Utterance(said.raw, said.words[cut:])
            found += [
                (one, replace(reading, start=cut, end=reading.end + cut))
                for one, reading in self._find(tail, naming.slots[0])
                if reading.start == 0
            ]
        return found

    def _find(self, said: Utterance, only: str | None = None) -> list[ReadFor]:
        """Return what the types find in an utterance or a part of it.

        Args:
            said: The words to look at.
            only: Read for this slot alone, as if it had been asked for.
        """
        found: list[ReadFor] = []
        request = self._request
        for fillable in request.slots:
            slot = fillable.slot
            if only is not None and slot.name != only:
                continue
            ctx = self._context(fillable, only)
            # a SlotType of the flow; those that are compiled can read
            for reading in slot.type.find(said, ctx):  # type: ignore[attr-defined]
                if slot.type.name != _WHOLE:
                    found.append((fillable, reading))
                elif ctx.asked:
                    self.whole = (fillable, reading)
        return found

    def _context(self, fillable: Fillable, only: str | None = None) -> Context:
        name = fillable.slot.name
        return Context(
            now=self._request.now,
            language=self._language,
            country=self._request.country,
            asked=name in self._asked or name == only,
            value=fillable.value,
            after=fillable.after,
            choices=fillable.choices,
            hints=fillable.slot.hints,
        )

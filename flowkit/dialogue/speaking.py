"""What is spoken, and what of it was heard.

One utterance is in flight at a time. A sentence counts as heard by its words: the host
says which words were played. What carries a value must be heard to its end, a ``never``
prompt whole, anything else at all (RULES 5.10); what was not is said again from the
sentence that was cut, three times at most (RULES 48).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flowkit.dialogue import effects
from flowkit.dialogue.effects import Segment
from flowkit.dialogue.state import Said, Speech
from flowkit.dialogue.turn import Turn

MOST_CUTS = 3


def flush(turn: Turn) -> None:
    """Speak what has gathered: acknowledgements that are due, then the rest, at once."""
    if turn.state.speech is not None:  # one at a time; the walk comes back to the rest
        return
    if turn.out or turn.asks:
        acknowledge(turn)
    if not turn.out:
        turn.asks = False
        return
    number = turn.next()
    segments = tuple(turn.out)
    last = tuple(segment for segment in segments if segment.kind != "again")
    turn.set(speech=Speech(number, segments, turn.run.number, turn.asks), last=last)
    turn.emit(effects.Say(number, segments))
    turn.out = []
    turn.voiced = set()
    turn.asks = False


def acknowledge(turn: Turn) -> None:
    """Put values that are to be said in passing in front, unless they are spoken anyway."""
    due = [slot for slot, life in turn.slots() if life.ack_due]
    if not due:
        return
    spoken = {name for segment in turn.out for name in segment.spoke}
    said = []
    for slot in due:
        turn.change_slot(slot.name, ack_due=False)
        life = turn.slot(slot.name)
        if slot.name not in spoken and life.value is not None and not slot.private:
            said.append((slot.name, life.rev))
    if said:
        names = [turn.flow.slots[name].type.name for name, _ in said]
        phrase = "ack.thanks" if names == ["name"] else "ack.values"
        words = turn.shipped(
            phrase, "ack", values=[turn.spoken_value(name) for name, _ in said]
        )
        if words:
            words[-1] = replace(words[-1], spoke=dict(said))
        turn.note("ack", f"said in passing: {', '.join(name for name, _ in said)}")
        turn.out[:0] = words


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of one sentence of a speech."""

    segment: Segment
    full: bool
    begun: bool

    @property
    def enough(self) -> bool:
        """Whether it need not be said again."""
        if self.full:
            return True
        return (
            self.begun and not self.segment.spoke and self.segment.interrupt != "never"
        )


def _fates(speech: Speech, heard: str | None) -> list[_Fate]:
    """Tell for each sentence whether it was heard; None: everything was."""
    words = None if heard is None else len(heard.split())
    fates, at = [], 0
    for segment in speech.segments:
        length = len(segment.text.split())
        fates.append(
            _Fate(
                segment,
                full=words is None or at + length <= words,
                begun=words is None or at < words,
            )
        )
        at += length
    return fates


def sentence_at(speech: Speech, heard: str | None) -> Segment:
    """Return the sentence that was being spoken after these words of a speech."""
    for fate in _fates(speech, heard or ""):
        if not fate.full:
            return fate.segment
    return speech.segments[-1]


def question_heard(speech: Speech, heard: str) -> bool:
    """Whether the question that ends a speech lies within the words heard of it."""
    return speech.asks and _fates(speech, heard)[-1].full


def question_begun(speech: Speech, heard: str) -> bool:
    """Whether the question that ends a speech had begun: any of its sentences."""
    last = speech.segments[-1]
    return speech.asks and any(
        fate.begun
        for fate in _fates(speech, heard)
        if (fate.segment.kind, fate.segment.ref) == (last.kind, last.ref)
    )


def settle_speech(turn: Turn, speech: Speech, heard: str | None) -> None:
    """Record what was heard of a speech that ended (None: all of it) or was cut."""
    turn.set(speech=None)
    fates = _fates(speech, heard)
    if speech.run != turn.run.number:
        return
    for fate in fates:
        if fate.full:
            _mark(turn, fate.segment)
    says: dict[str, list[_Fate]] = {}
    for fate in fates:
        if fate.segment.kind in ("say", "handoff"):
            says.setdefault(fate.segment.ref, []).append(fate)
    for key, parts in says.items():
        said = turn.run.said.get(key)
        if said is not None:
            turn.set_run(said={**turn.run.said, key: _said(turn, key, said, parts)})
    opened = turn.run.open
    if opened is not None and speech.asks and fates[-1].full:
        turn.set_run(open=replace(opened, heard=True))


def _said(turn: Turn, key: str, said: Said, parts: list[_Fate]) -> Said:
    if all(part.enough for part in parts):
        return replace(said, done=True)
    cuts = said.cuts + 1
    line = parts[0].segment.line
    if cuts >= MOST_CUTS:
        turn.note("cut_often", f"{key} was cut {cuts} times and counts as heard", line)
        return replace(said, done=True, cuts=cuts)
    first = next(part.segment.part for part in parts if not part.full)
    turn.note("cut", f"{key} was cut and will be said again", line)
    return replace(said, part=first, cuts=cuts)


def _mark(turn: Turn, segment: Segment) -> None:
    """Remember the versions that a sentence, heard to its end, has spoken."""
    for name, version in segment.spoke.items():
        if name in turn.flow.slots and isinstance(version, int):
            life = turn.slot(name)
            if version > life.heard_rev:
                turn.change_slot(name, heard_rev=version)
    if segment.kind == "confirm":
        heard = {**turn.run.heard.get(segment.ref, {}), **segment.spoke}
        turn.set_run(heard={**turn.run.heard, segment.ref: heard})

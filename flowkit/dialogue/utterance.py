"""One utterance while it is being dealt with, and what all who deal with it share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flowkit.dialogue import acts, flow
from flowkit.dialogue.acts import Act
from flowkit.dialogue.filling import Filled
from flowkit.dialogue.state import Open
from flowkit.dialogue.turn import Turn

OWN = ("change", "keep", "which", "sure")
"""Kinds of question that the engine asks of its own; the walk does not find them."""


@dataclass(slots=True)
class Utterance:
    """One utterance while it is being dealt with."""

    acts: Sequence[Act]
    answers: bool
    """The open question had been heard to its end when the caller spoke."""
    opened: Open | None
    text: str = ""
    """The caller's words."""
    filled: Filled = field(default_factory=Filled)
    progress: bool = False
    understood: bool = False
    """Something in it had a meaning here: no rung."""
    aside: bool = False
    """It was a side question: not counted as a turn without progress."""

    def has(self, *kinds: type) -> bool:
        """Whether one of its acts is of these kinds."""
        return any(isinstance(act, kinds) for act in self.acts)


def is_filler(said: Sequence[Act]) -> bool:
    """Whether nothing was said that counts: acknowledgements, "uh", "um"."""
    return all(
        isinstance(act, acts.Ack) or (isinstance(act, acts.Nothing) and act.filler)
        for act in said
    )


def says_the_same(turn: Turn, act: Act) -> bool:
    """Whether an act gives a slot the value that it has."""
    return (
        isinstance(act, acts.Set)
        and act.slot in turn.flow.slots
        and turn.slot(act.slot).value == act.value
    )


def is_own(turn: Turn, opened: Open) -> bool:
    """Whether a question is the engine's own: the walk would not find it again.

    That of a refused value is, while the slot keeps an old one (RULES 12).
    """
    if opened.kind in OWN:
        return True
    if opened.kind != "slot" or opened.ref not in turn.flow.slots:
        return False
    life = turn.slot(opened.ref)
    return life.refused is not None and life.value is not None


def close_own(turn: Turn) -> None:
    """Close a question of the engine's own: something else has become more urgent."""
    if turn.run.open is not None and is_own(turn, turn.run.open):
        turn.set_run(open=None)


def unasked(turn: Turn, opened: Open) -> Open | None:
    """Return the open question so that it is asked again.

    The engine's own stay open; others are found by the walk.
    """
    if is_own(turn, opened):
        return replace(opened, asked=False, heard=False, aside=False)
    return None


def ask_open_again(turn: Turn) -> None:
    """Have the open question asked again, in short form."""
    opened = turn.run.open
    if opened is not None and opened.asked:
        turn.set_run(open=unasked(turn, opened))


def commit_runs(turn: Turn) -> bool:
    """Whether something that cannot be undone is being done at this moment."""
    return any(call.commit and not call.overdue for call in turn.state.calls.values())


def skip(turn: Turn, now: Utterance, slot: flow.Slot) -> None:
    """Leave an optional slot empty, as the caller wishes."""
    turn.change_slot(slot.name, skipped=True, refused=None, begun="")
    turn.set_run(open=None)
    turn.note("skip", f"{slot.name} is left empty", slot.line)
    now.understood = now.progress = True

"""Views of a state for people and tools: slots, steps, ladders, what is waited for.

Playground, test reports and records show these; nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.blocks import rungs_of
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.state import SlotValue, State
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.walk import inputs, is_satisfied


@dataclass(frozen=True, slots=True)
class SlotState:
    """A slot as it stands."""

    name: str
    value: Json
    life: str
    """``empty`` ``valid`` ``heard`` ``confirmed`` ``refused`` ``skipped``."""
    text: str
    """The caller's words that filled it."""
    line: str
    private: bool


@dataclass(frozen=True, slots=True)
class StepState:
    """A step as it stands."""

    id: str
    kind: str
    title: str
    """The tool, the slots, or the beginning of its sentence."""
    line: str
    status: str
    """``done`` ``fresh`` (a result that counts) ``stale`` ``waiting`` (the next move)
    ``skipped`` (a branch not taken) ``ahead``."""
    depth: int


@dataclass(frozen=True, slots=True)
class LadderState:
    """How far a ladder has been climbed."""

    question: str
    kind: str
    """``silent``, ``unclear`` or ``refused``."""
    rung: int
    of: int


def _turn(agent: Agent, state: State) -> Turn:
    return Turn(agent, state, datetime.fromisoformat(state.runs[-1].now))


def slot_values(agent: Agent, state: State) -> dict[str, Json]:
    """Return the values of the active flow's slots that are filled, by name."""
    return {
        slot.name: life.value
        for slot, life in _turn(agent, state).slots()
        if life.value is not None
    }


def waiting_for(agent: Agent, state: State) -> str | None:
    """Return what the agent waits for.

    A slot, ``confirm``, ``offer``, ``change``, ``flow``, ``sure``, or None.
    """
    opened = state.runs[-1].open if state.runs else None
    if state.over or state.ending or opened is None or not opened.asked:
        return None
    if opened.kind in ("confirm", "offer", "change", "flow", "sure"):
        return opened.kind
    if opened.kind in ("slot", "read_back", "suggest", "keep", "which"):
        return opened.ref
    return None


def slot_states(agent: Agent, state: State) -> list[SlotState]:
    """Return the slots of the active flow, in file order."""
    turn = _turn(agent, state)
    return [
        SlotState(
            slot.name,
            life.value,
            _life(turn, slot.name, life),
            life.text,
            slot.line,
            slot.private,
        )
        for slot, life in turn.slots()
    ]


def _life(turn: Turn, name: str, life: SlotValue) -> str:
    if life.refused is not None:
        return "refused"
    if life.value is None:
        return "skipped" if life.skipped else "empty"
    if life.read_rev == life.rev or any(
        versions.get(name) == life.rev for versions in turn.run.confirmed.values()
    ):
        return "confirmed"
    return "heard" if life.heard_rev == life.rev else "valid"


def step_states(agent: Agent, state: State) -> list[StepState]:
    """Return the steps of the active flow, those in branches behind their ``when``."""
    turn = _turn(agent, state)
    return list(_steps(turn, turn.flow.steps, "", 0, [True]))


def _steps(
    turn: Turn,
    steps: tuple[flow.Step, ...],
    context: str,
    depth: int,
    open_: list[bool],
) -> Iterator[StepState]:
    """Yield step states; ``open_`` holds whether the next move is still to be found."""
    for step in steps:
        if isinstance(step, flow.When):
            verdict = step.condition.verdict(turn.scope())
            entered = open_[0]
            yield StepState(
                step.id,
                "when",
                step.condition.source,
                step.line,
                "done" if entered else "ahead",
                depth,
            )
            visit = turn.run.visits.get(step.id)
            serials = [
                turn.scope().serial(name) for name in sorted(step.condition.reads)
            ]
            inside = f"{context}|{visit.n if visit else 0}:{serials}"
            for branch, side in ((step.steps, True), (step.otherwise, False)):
                if entered and verdict.holds is side:
                    yield from _steps(turn, branch, inside, depth + 1, open_)
                else:
                    yield from _skipped(branch, depth + 1, ahead=not entered)
            continue
        status = _status(turn, step, context, open_)
        yield StepState(
            step.id, kind_of(step), title_of(step), step.line, status, depth
        )


def _skipped(
    steps: tuple[flow.Step, ...], depth: int, *, ahead: bool
) -> Iterator[StepState]:
    for step in steps:
        status = "ahead" if ahead else "skipped"
        yield StepState(
            step.id, kind_of(step), title_of(step), step.line, status, depth
        )
        if isinstance(step, flow.When):
            yield from _skipped(step.steps, depth + 1, ahead=ahead)
            yield from _skipped(step.otherwise, depth + 1, ahead=ahead)


def _status(turn: Turn, step: flow.Step, context: str, open_: list[bool]) -> str:
    result = turn.run.results.get(step.id)
    if isinstance(step, flow.Do) and result is not None and not step.commit:
        stale = result.inputs != inputs(turn, step)
        if stale:
            status = "waiting" if open_[0] else "stale"
            open_[0] = False
            return status
    if turn.run.done or is_satisfied(turn, step, step.id, context):
        return "fresh" if isinstance(step, flow.Do) else "done"
    if open_[0]:
        open_[0] = False
        return "waiting"
    return "ahead"


def ladder_states(agent: Agent, state: State) -> list[LadderState]:
    """Return the ladders that have been climbed in the active flow."""
    turn = _turn(agent, state)
    found = []
    for key, count in turn.run.counts.items():
        for kind in ("silent", "unclear", "refused"):
            rung: int = getattr(count, kind)
            if rung:
                of = len(rungs_of(turn, key, kind)) or 3
                found.append(LadderState(key, kind, min(rung, of), of))
    return found


_KINDS = {
    flow.AskAgain: "ask_again",
    flow.StartOneOf: "start_one_of",
    flow.DoFlow: "do_flow",
    flow.GoTo: "go_to",
}


def kind_of(step: flow.Step) -> str:
    """Return the verb of a step as designers write it."""
    return _KINDS.get(type(step), type(step).__name__.lower())


def title_of(step: flow.Step) -> str:
    """Return a few words that tell a step from others."""
    match step:
        case flow.Say():
            return step.variants[0].source
        case flow.Ask() | flow.AskAgain():
            return ", ".join(step.slots)
        case flow.Confirm() | flow.StartOneOf():
            return step.say.source
        case flow.Do():
            return step.tool
        case flow.When():
            return step.condition.source
        case flow.Offer():
            return step.choices.source
        case flow.DoFlow() | flow.GoTo():
            return step.flow
        case flow.Handoff():
            return step.reason.source
        case flow.End():
            return step.outcome
        case flow.Skip():
            return "skip"

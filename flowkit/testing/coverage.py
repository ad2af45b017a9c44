"""What the talks of an agent have reached, line by line.

Counted are the steps of the outlines (with their branches and blocks), the rules of slots
(reached when they refuse a value), the rungs of ladders and the entries of ``anytime``;
of what flowkit ships itself, nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flowkit.authoring.grammar import LADDERS
from flowkit.authoring.talks import verb_of
from flowkit.dialogue.flow import (
    Agent,
    Ask,
    Do,
    DoFlow,
    End,
    Entry,
    Flow,
    Ladders,
    Offer,
    Step,
    blocks_of,
)
from flowkit.dialogue.state import Run, State
from flowkit.dialogue.trace import TraceRecord


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a talk can reach."""

    kind: str
    """``step``, ``rule``, ``rung`` or ``anytime``."""
    flow: str
    ref: str
    """The step's id; else what tells it from others of its kind."""
    line: str
    """``file:line``."""
    title: str
    """What it is, in a word or two: ``confirm``, ``date: must``, ``where to park``."""


class Coverage:
    """Collects what talks reach in one agent."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.points: dict[str, Point] = {}
        """By line, kind and title: what two flows share counts once."""
        self._reached: set[str] = set()
        self._steps: dict[tuple[str, str], str] = {}
        self._lines: dict[tuple[str, str], set[str]] = {}
        for flow in agent.flows.values():
            for point in _points(flow):
                key = f"{point.line} {point.kind} {point.title}"
                self.points.setdefault(key, point)
                if point.kind == "step":
                    self._steps[flow.name, point.ref] = key
                self._lines.setdefault((point.kind, point.line), set()).add(key)
        self._asks = {
            flow.name: [
                (s, step) for s, step in flow.by_id.items() if isinstance(step, Ask)
            ]
            for flow in agent.flows.values()
        }

    def see(self, state: State, record: TraceRecord) -> None:
        """Take note of one step of the engine and the state that it led to."""
        for move in record.moves:
            kind = _MOVES.get(move.rule)
            if move.line:
                self._reached |= self._lines.get((kind or "step", move.line), set())
            ended = _ENDED.fullmatch(move.text) if move.rule == "end" else None
            if ended is not None:
                self._see_end(ended["flow"], ended["outcome"])
        for run in state.runs:
            self._see_run(run)

    def _see_run(self, run: Run) -> None:
        flow = self.agent.flows[run.flow]
        for keys in (
            run.said, run.results, run.visits, run.heard, run.confirmed, run.offers,
            run.ended,
        ):  # fmt: skip
            for key in keys:
                self._reach(run.flow, key)
        opened = run.open
        if opened is not None:
            self._reach(run.flow, opened.ref)
        for name, step in self._asks[flow.name]:
            asked = opened is not None and opened.ref in step.slots
            if asked or any(_is_filled(run, slot) for slot in step.slots):
                self._reach(run.flow, name)

    def _see_end(self, flow: str, outcome: str) -> None:
        """An ``end`` leaves no trace but the outcome of its flow."""
        for step in self.agent.flows[flow].by_id.values():
            if isinstance(step, End) and step.outcome == outcome:
                self._reach(flow, step.id)

    def _reach(self, flow: str, key: str) -> None:
        point = self._steps.get((flow, key.rpartition(":")[2]))
        if point is not None:
            self._reached.add(point)

    def missed(self) -> list[Point]:
        """Return what was never reached, by place."""
        return sorted(
            (point for key, point in self.points.items() if key not in self._reached),
            key=lambda point: _place(point.line),
        )

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Return for each kind how many were reached, and of how many."""
        counts: dict[str, tuple[int, int]] = {}
        for key, point in self.points.items():
            reached, all_ = counts.get(point.kind, (0, 0))
            counts[point.kind] = (reached + (key in self._reached), all_ + 1)
        return counts

    @property
    def percent(self) -> float:
        """How much was reached, 0 to 100; an agent with nothing to reach has 100."""
        if not self.points:
            return 100.0
        reached = sum(key in self._reached for key in self.points)
        return 100.0 * reached / len(self.points)


_ENDED = re.compile(r"the flow (?P<flow>\S+) ends: (?P<outcome>\S+)")
_MOVES = {"refuse": "rule", "rung": "rung", "side_question": "anytime"}


def _is_filled(run: Run, slot: str) -> bool:
    life = run.slots.get(slot)
    return life is not None and (life.rev > 0 or life.skipped)


def _place(line: str) -> tuple[str, int]:
    path, _, number = line.rpartition(":")
    return path, int(number) if number.isdecimal() else 0


def _points(flow: Flow) -> Iterator[Point]:
    for step in _all_steps(flow.steps):
        if step.line:
            yield Point("step", flow.name, step.id, step.line, _title(step))
    for slot in flow.slots.values():
        for n, rule in enumerate(slot.rules):
            if rule.line:
                title = f"{slot.name}: {rule.test.source}"
                yield Point("rule", flow.name, f"{slot.name}.{n}", rule.line, title)
        yield from _rungs(flow, slot.ladders, f"{slot.name}: ")
    yield from _rungs(flow, flow.defaults, "")
    for entry in flow.anytime:
        yield from _entry(flow, entry)


def _rungs(flow: Flow, ladders: Ladders, owner: str) -> Iterator[Point]:
    for name in LADDERS:
        for n, rung in enumerate(getattr(ladders, name) or ()):
            if rung.line:
                title = f"{owner}{name} {n + 1}"
                yield Point("rung", flow.name, title, rung.line, title)


def _entry(flow: Flow, entry: Entry) -> Iterator[Point]:
    if entry.line:
        yield Point("anytime", flow.name, entry.id, entry.line, entry.about)


def _all_steps(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for block in blocks_of(step):
            yield from _all_steps(block)


def _title(step: Step) -> str:
    verb = verb_of(step)
    match step:
        case Do():
            return f"{verb} {step.tool}"
        case Ask():
            return f"{verb} {', '.join(step.slots)}"
        case DoFlow():
            return f"{verb} {step.flow}"
        case Offer():
            return f"{verb} {step.choices.source}"
        case _:
            return verb

"""Points of no return: which tools are, what they lock, what their confirms cover.

A ``do`` behind a ``confirm`` is one unless it says ``can_be_repeated`` (RULES 32). It
locks what it reads, what the confirms before it read, and what the conditions around it
read (RULES 31); a confirm covers what the commits right behind it read (RULES 15).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flowkit.authoring.parts import Part
from flowkit.dialogue import flow


@dataclass(frozen=True, slots=True)
class _Path:
    """What lies before a step on its way."""

    confirmed: frozenset[str] = frozenset()
    """What the confirms before it read."""
    is_confirmed: bool = False
    conditions: frozenset[str] = frozenset()
    open_confirms: frozenset[str] = frozenset()
    """Ids of the confirms that the next commit stands right behind."""


class _Marker:
    def __init__(
        self,
        parts: Mapping[str, Part],
        tools: Callable[[str], flow.Tool | None],
        names: frozenset[str],
    ) -> None:
        self.parts = parts
        self.tools = tools
        self.names = names
        self.covers: dict[str, set[str]] = {}

    def steps(
        self, steps: tuple[flow.Step, ...], path: _Path
    ) -> tuple[tuple[flow.Step, ...], _Path]:
        made = []
        for step in steps:
            marked, path = self.step(step, path)
            made.append(marked)
        return tuple(made), path

    def step(self, step: flow.Step, path: _Path) -> tuple[flow.Step, _Path]:
        match step:
            case flow.Confirm():
                self.covers[step.id] = set()
                return step, replace(
                    path,
                    confirmed=path.confirmed | step.say.reads,
                    is_confirmed=True,
                    open_confirms=frozenset({step.id}),
                )
            case flow.Do():
                return self._do(step, path)
            case flow.When():
                inner = replace(path, conditions=path.conditions | step.condition.reads)
                steps, one = self.steps(step.steps, inner)
                otherwise, other = self.steps(step.otherwise, inner)
                joined = _Path(
                    one.confirmed | other.confirmed,
                    one.is_confirmed or other.is_confirmed,
                    path.conditions,
                    one.open_confirms | other.open_confirms,
                )
                return replace(step, steps=steps, otherwise=otherwise), joined
            case flow.Offer():
                inside, _ = self.steps(step.if_none_suit, path)
                return replace(step, if_none_suit=inside), path
            case flow.AskAgain():
                inside, _ = self.steps(step.then, path)
                return replace(step, then=inside), path
            case flow.Handoff():
                inside, _ = self.steps(step.if_nobody, path)
                return replace(step, if_nobody=inside), path
            case _:
                return step, path

    def _do(self, step: flow.Do, path: _Path) -> tuple[flow.Step, _Path]:
        part = self.parts.get(step.id)
        tool = self.tools(step.tool)
        declared = part is not None and part.is_true("cannot_be_undone")
        repeatable = part is not None and part.is_true("can_be_repeated")
        commit = (
            declared
            or (tool is not None and tool.cannot_be_undone)
            or (path.is_confirmed and not repeatable)
        )
        fails, _ = self.steps(step.if_it_fails, path)
        changed, _ = self.steps(step.if_changed_later, path)
        step = replace(step, if_it_fails=fails, if_changed_later=changed)
        if not commit:
            return step, path
        reads = frozenset[str]().union(*(a.value.reads for a in step.arguments))
        locks = (reads | path.confirmed | path.conditions) & self.names
        for id_ in path.open_confirms:
            self.covers[id_] |= reads & self.names
        return (
            replace(step, commit=True, locks=locks),
            replace(path, open_confirms=frozenset()),
        )

    def cover(self, steps: tuple[flow.Step, ...]) -> tuple[flow.Step, ...]:
        """Tell each confirm what the commits behind it read."""
        return tuple(self._cover(step) for step in steps)

    def _cover(self, step: flow.Step) -> flow.Step:
        match step:
            case flow.Confirm():
                return replace(step, covers=frozenset(self.covers.get(step.id, ())))
            case flow.When():
                return replace(
                    step,
                    steps=self.cover(step.steps),
                    otherwise=self.cover(step.otherwise),
                )
            case flow.Do():
                return replace(
                    step,
                    if_it_fails=self.cover(step.if_it_fails),
                    if_changed_later=self.cover(step.if_changed_later),
                )
            case flow.Offer():
                return replace(step, if_none_suit=self.cover(step.if_none_suit))
            case flow.AskAgain():
                return replace(step, then=self.cover(step.then))
            case flow.Handoff():
                return replace(step, if_nobody=self.cover(step.if_nobody))
            case _:
                return step


def mark(
    steps: tuple[flow.Step, ...],
    parts: Mapping[str, Part],
    tools: Callable[[str], flow.Tool | None],
    names: frozenset[str],
) -> tuple[flow.Step, ...]:
    """Return the steps with every point of no return marked.

    Args:
        steps: A flow's outline, or a block.
        parts: Each step's part by its id.
        tools: Finds a tool by its name.
        names: The flow's slots and results: what can be locked.
    """
    marker = _Marker(parts, tools, names)
    marked, _ = marker.steps(steps, _Path())
    return marker.cover(marked)

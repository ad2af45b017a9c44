"""An agent's flows as a Mermaid diagram: one box a flow, one node a step.

The diagram shows the outline as a designer wrote it, branches and blocks included. It
leaves out what holds everywhere (ladders, corrections, going back), since that would draw
an arrow from every node to every other.

Source: mermaid.js.org/syntax/flowchart.html (v11): labels in quotes, characters as
``#quot;`` and ``#35;``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias, assert_never

from flowkit.dialogue.flow import (
    Agent,
    Ask,
    AskAgain,
    Confirm,
    Do,
    DoFlow,
    End,
    Entry,
    Flow,
    GoTo,
    Handoff,
    Offer,
    Say,
    Sentence,
    Skip,
    StartOneOf,
    Step,
    When,
)

_LONGEST = 60
"""Characters of a label; more is cut."""

Ends: TypeAlias = "list[tuple[str, str]]"
"""Nodes that lead on to the next step, each with what stands at its arrow."""


def mermaid(agent: Agent) -> str:
    """Return the diagram of all flows of an agent."""
    drawing = _Drawing(agent)
    first = [agent.flows[agent.start]] if agent.start in agent.flows else []
    others = [flow for flow in agent.flows.values() if flow not in first]
    for number, flow in enumerate(first + others):
        drawing.flow(flow, number)
    return "\n".join(["flowchart TD", *drawing.lines, *drawing.between]) + "\n"


class _Drawing:
    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.lines: list[str] = []
        self.between: list[str] = []
        """Arrows from flow to flow; they stand behind all boxes."""
        self.count = 0
        self.asked: dict[str, str] = {}
        """The node that asks for a slot, in the flow being drawn."""

    def flow(self, flow: Flow, number: int) -> None:
        self.asked = {}
        self.count = 0
        self.prefix = flow.name
        self.lines.append(f'  subgraph {flow.name}_flow ["{_label(flow.name)}"]')
        self.lines.append(
            f'    {flow.name}_start(["{_label(flow.about or flow.name)}"])'
        )
        ends = self.steps(flow.steps, [(f"{flow.name}_start", "")])
        if ends:
            self.node("((", "end", "))", ends)
        for entry in flow.anytime:
            if number and entry.id.startswith("agent."):
                continue  # of the whole agent: drawn with its first flow
            self.entry(entry)
        self.lines.append("  end")

    def entry(self, entry: Entry) -> None:
        node = self.node("[/", f"at any time: {entry.about}", "/]", [])
        if entry.flow:
            self.arrow_to_flow(node, entry.flow)
        self.steps(entry.steps, [(node, "")])

    def steps(self, steps: Iterable[Step], ends: Ends) -> Ends:
        """Draw steps one below the other; return what leads on from the last."""
        for step in steps:
            ends = self.step(step, ends)
        return ends

    def step(self, step: Step, ends: Ends) -> Ends:
        match step:
            case Say():
                return [(self.node("[", _quote(step.variants), "]", ends), "")]
            case Ask():
                node = self.node("[/", f"ask: {', '.join(step.slots)}", "\\]", ends)
                self.asked.update(dict.fromkeys(step.slots, node))
                return [(node, "")]
            case Confirm():
                return [
                    (self.node("{{", f"confirm: {step.say.source}", "}}", ends), "yes")
                ]
            case Do():
                shape = ("[[", "]]") if step.commit else ("(", ")")
                node = self.node(shape[0], f"do: {step.tool}", shape[1], ends)
                self.steps(step.if_changed_later, [(node, "changed later")])
                failed = (
                    self.steps(step.if_it_fails, [(node, "fails")])
                    if step.if_it_fails
                    else []
                )
                return [(node, ""), *failed]
            case When():
                node = self.node("{", step.condition.source, "}", ends)
                yes = self.steps(step.steps, [(node, "yes")])
                return yes + self.steps(step.otherwise, [(node, "no")])
            case Offer():
                node = self.node("[/", f"offer: {step.choices.source}", "\\]", ends)
                none = self.steps(step.if_none_suit, [(node, "none suits")])
                return [(node, ""), *(none if step.if_none_suit else [])]
            case AskAgain():
                node = self.node(
                    "[/", f"ask again: {', '.join(step.slots)}", "\\]", ends
                )
                for target in dict.fromkeys(
                    self.asked[slot] for slot in step.slots if slot in self.asked
                ):
                    self.lines.append(f"    {node} -.-> {target}")
                self.steps(step.then, [(node, "too often")])
                return []
            case StartOneOf():
                node = self.node("{{", step.say.source, "}}", ends)
                for name in step.flows:
                    self.arrow_to_flow(node, name)
                return [(node, "then")]
            case DoFlow():
                node = self.node("[[", f"flow: {step.flow}", "]]", ends)
                self.arrow_to_flow(node, step.flow)
                return [(node, "then")]
            case GoTo():
                node = self.node(">", f"go to: {step.flow}", "]", ends)
                self.arrow_to_flow(node, step.flow)
                return []
            case Handoff():
                to = f" ({step.to})" if step.to else ""
                node = self.node("([", f"handoff{to}: {step.reason.source}", "])", ends)
                self.steps(step.if_nobody, [(node, "nobody there")])
                return []
            case End():
                self.node("((", f"end: {step.outcome}", "))", ends)
                return []
            case Skip():
                return [(self.node("[", "skip", "]", ends), "")]
            case _:
                assert_never(step)

    def node(self, opening: str, text: str, closing: str, ends: Ends) -> str:
        name = f"{self.prefix}_{self.count}"
        self.count += 1
        self.lines.append(f'    {name}{opening}"{_label(text)}"{closing}')
        for end, word in ends:
            arrow = f'-->|"{_label(word)}"|' if word else "-->"
            self.lines.append(f"    {end} {arrow} {name}")
        return name

    def arrow_to_flow(self, node: str, name: str) -> None:
        if name in self.agent.flows:
            self.between.append(f"  {node} -.-> {name}_start")


def _quote(variants: Sequence[Sentence]) -> str:
    more = f" (or {len(variants) - 1} more)" if len(variants) > 1 else ""
    return variants[0].source + more


def _label(text: str) -> str:
    """Return a text as the inside of a quoted Mermaid label."""
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1].rstrip() + "…"
    for sign, code in (
        ("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;"),
        ("{", "#123;"), ("}", "#125;"), ("|", "#124;"),
    ):  # fmt: skip
        text = text.replace(sign, code)
    return text

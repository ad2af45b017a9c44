"""Reading steps: the verb of each, the keys that belong to it, and rungs of ladders."""

from __future__ import annotations

from typing import Final

from flowkit.authoring import grammar
from flowkit.authoring.grammar import Key, Kind
from flowkit.authoring.nodes import Block, Entry, Listing, Node, Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.reading import Reader, folded, meant_by
from flowkit.diagnostics import Fix

_QUESTIONS: Final = frozenset({"ask", "confirm", "offer", "start_one_of"})
_RUNG = {"steps": Key("steps", Kind.STEPS, "What this rung does.", needed=True)}


class StepReader(Reader):
    """Reads lists of steps, and ladders."""

    # --- steps ---------------------------------------------------------------------

    def steps(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        """Read a list of steps."""
        if isinstance(node, Scalar):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" takes a list of steps, but this is a text.',
                "Write it below, as - say: and the sentence.",
            )
            return None
        if isinstance(node, Block):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" takes a list of steps; a dash is missing here.',
                "Put a dash before each step.",
            )
            step = self.step(node)
            return None if step is None else (step,)
        if not node.items:
            self.report("FK207", node.span, "this list of steps is empty.")
            return None
        read = (self.step(item) for item in node.items)
        return tuple(step for step in read if step is not None)

    def step(self, node: Node) -> Part | None:
        """Read one step."""
        if isinstance(node, Scalar):
            return self._bare(node)
        if isinstance(node, Listing):
            self.report(
                "FK202",
                node.span,
                "a list cannot be a step.",
                "Delete one of the dashes.",
            )
            return None
        verbs = [e.key for e in node.entries if e.key.text in grammar.STEPS]
        others = [v for v in verbs if v.text != "say"]
        if (
            others
            and len(verbs) > len(others)
            and "say" in grammar.STEPS[others[0].text]
        ):
            verbs = others
        if not verbs:
            meant = self._verb_meant(node)
            if meant is None:
                self._no_verb(node)
                return None
            verb, head = meant
            close = meant_by(head.text, grammar.STEPS) == verb
            self.report(
                "FK201",
                head.span,
                f'there is no step "{head.text}".',
                f'Did you mean "{verb}"?' if close else f'Here it is called "{verb}".',
                Fix(head.span, verb) if close else None,
            )
            node = Block(
                tuple(
                    Entry(Scalar(verb, head.span, head.file), entry.value)
                    if entry.key is head
                    else entry
                    for entry in node.entries
                ),
                node.span,
                node.file,
            )
            return self.block(node, grammar.STEPS[verb], verb, head, _in_step(verb))
        verb = verbs[0].text
        table = grammar.STEPS[verb]
        ignore: set[str] = set()
        for second in verbs[1:]:
            self.report(
                "FK205",
                second.span,
                f'this step does two things: "{verb}" and "{second.text}".',
                f'Put it below "steps:", after a dash: - {second.text}:'
                if verb == "when" and "steps" not in node
                else f'Make "{second.text}" a step of its own: put a dash before it.',
            )
            ignore |= set(grammar.STEPS[second.text]) - set(table)
            ignore.add(second.text)
            break
        ignore |= {v.text for v in verbs[1:]}
        return self.block(node, table, verb, verbs[0], _in_step(verb), ignore=ignore)

    def _bare(self, node: Scalar) -> Part | None:
        word = node.text.strip()
        if word in ("end", "skip") and not node.quoted:
            return Part(word, node, node.span)
        if not word:
            self.report("FK207", node.span, "there is nothing behind this dash.")
            return None
        meant = meant_by(word, ("end", "skip")) if " " not in word else None
        first = word.split()[0].rstrip(":")
        if first in grammar.STEPS and first != word:
            advice = f'Write "{first}: " with a colon and a space behind it.'
        elif word in grammar.STEPS:
            advice = f'"{word}" needs a colon and a value behind it.'
        elif meant:
            advice = f'Did you mean "{meant}"?'
        else:
            advice = "To speak it, write - say: and the sentence."
        self.report(
            "FK204",
            node.span,
            "this is not a step, only a text.",
            advice,
            Fix(node.span, meant) if meant and not node.quoted else None,
        )
        return None

    def _verb_meant(self, node: Block) -> tuple[str, Scalar] | None:
        rivals = [grammar.RIVALS.get(folded(entry.key.text)) for entry in node.entries]
        for entry, rival in zip(node.entries, rivals, strict=True):
            verb = meant_by(entry.key.text, grammar.STEPS) if rival is None else None
            if verb is not None:
                return verb, entry.key
        for entry, rival in zip(node.entries, rivals, strict=True):
            if (
                rival is not None
                and rival in grammar.STEPS
                and entry.key.text not in grammar.KEYS
            ):
                return rival, entry.key
        return None

    def _no_verb(self, node: Block) -> None:
        first = node.entries[0].key if node.entries else None
        advice = f"A step starts with one of: {', '.join(grammar.STEPS)}."
        if first is not None and len(node.entries) == 1 and " " in first.text:
            self.one_text(node, Key("steps", Kind.SENTENCE, ""))
            return
        known = first is not None and first.text in grammar.KEYS
        if known and any(
            first is not None and first.text in table
            for table in grammar.STEPS.values()
        ):
            advice = "To add it to the step above, put spaces in the place of the dash."
        self.report(
            "FK204" if known or first is None else "FK201",
            first.span if first else node.span,
            f'"{first.text}" alone is not a step.'
            if known and first
            else f'there is no step "{first.text if first else ""}".',
            advice,
        )

    def otherwise(self, node: Node, key: Key) -> object:
        """Read a sentence, or a list of steps."""
        if isinstance(node, Scalar):
            return node
        return self.steps(node, key)

    def rungs(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        """Read a ladder: each item a step, or ``steps:`` with several."""
        if isinstance(node, (Scalar, Block)):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" is a ladder: a list with one rung a line.',
                "Write each rung after a dash: - say: and a sentence; the last one acts.",
            )
            return None
        if not node.items:
            self.report("FK207", node.span, "this ladder is empty.")
            return None
        rungs = []
        for item in node.items:
            if isinstance(item, Block) and "steps" in item and "when" not in item:
                part = self.block(item, _RUNG, "rung", None, "in a rung")
                rungs.append(part)
                continue
            step = self._rung(item)
            if step is not None:
                rungs.append(
                    Part("rung", step.head, step.span, {"steps": (step,)}, step.keys)
                )
        return tuple(rungs)

    def _rung(self, node: Node) -> Part | None:
        """Read a rung that is a single step."""
        if isinstance(node, Scalar) and node.text.strip() not in ("", "end", "skip"):
            meant = meant_by(node.text, ("end", "skip"))
            self.report(
                "FK215",
                node.span,
                "this is not a rung, only a text.",
                f'Did you mean "{meant}"?'
                if meant
                else "To speak it, write - say: and the sentence.",
                Fix(node.span, meant) if meant and not node.quoted else None,
            )
            return None
        step = self.step(node)
        if step is not None and step.kind in _QUESTIONS:
            self.report(
                "FK215",
                step.head.span,
                f'"{step.kind}" cannot be a rung: the question that is open is asked '
                "again by itself.",
                "Write - say: and what is spoken before that, or an action such as "
                "- handoff: and the reason.",
            )
            return None
        return step


def _in_step(verb: str) -> str:
    return f'in {"an" if verb[0] in "aeio" else "a"} "{verb}" step'

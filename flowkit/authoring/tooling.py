"""The ``do`` steps of a flow: which tool, with which arguments, and whether they fit."""

from __future__ import annotations

from collections.abc import Mapping

from flowkit.authoring import templates
from flowkit.authoring.codes import found
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.reading import NAME, meant_by
from flowkit.authoring.texts import Formula
from flowkit.authoring.writing import Writer
from flowkit.dialogue import flow
from flowkit.dialogue.flow import SlotType


class ToolBuilder(Writer):
    """Finds tools and validators, and holds arguments against their signatures."""

    # --- tools --------------------------------------------------------------------------

    def _tool(self, scalar: Scalar, part: Part) -> flow.Tool:
        extensions = self.shared.extensions
        tool = extensions.tools.get(scalar.text)
        if tool is not None:
            return tool
        if extensions.any_module or extensions.broken:
            self._no_function("FK305", scalar, extensions.tools, "tool")
            return flow.Tool(scalar.text, _stub, ())
        self._not_written(scalar, "tool")
        stub = self.shared.stubs.get(scalar.text)
        names = tuple(pair.name.text for pair in part.pairs("with"))
        if stub is None or len(names) > len(stub.parameters):
            stub = flow.Tool(scalar.text, _stub, names)
            self.shared.stubs[scalar.text] = stub
        return stub

    def _not_written(self, scalar: Scalar, what: str) -> None:
        self.shared.missing_functions.setdefault(
            scalar.text,
            found(
                "FK613",
                scalar.span,
                f'the {what} "{scalar.text}" is not written yet: there is no tools.py '
                "beside this file.",
                advice="Until there is, "
                + ("it returns nothing." if what == "tool" else "every value passes."),
            ),
        )

    def _no_function(
        self, code: str, scalar: Scalar, known: Mapping[str, object], what: str
    ) -> None:
        extensions = self.shared.extensions
        if extensions.broken:
            return
        if scalar.text in extensions.untagged:
            self.draft.report(
                "FK610",
                scalar.span,
                f'"{scalar.text}" in {extensions.untagged[scalar.text]} is not marked '
                f"as a {what}.",
                f"Write @{what} in the line above its def.",
            )
            return
        other: Mapping[str, object] = (
            extensions.validators if what == "tool" else extensions.tools
        )
        if scalar.text in other:
            is_tool = what == "validator"
            self.draft.report(
                "FK608",
                scalar.span,
                f'"{scalar.text}" is a {"tool" if is_tool else "validator"}, not a '
                f"{what}.",
                "Call it with a do step." if is_tool else "Use it in a rule, as check.",
            )
            return
        name, bracket, _ = scalar.text.partition("(")
        if bracket and name.strip() in known:
            under = ' What it is given stands below it, under "with:".'
            advice = f"Write {name.strip()}.{under if what == 'tool' else ''}"
        else:
            made = f"def {scalar.text}(...)" if NAME.match(scalar.text) else "its def"
            advice = "" if known else f"It is Python: @{what} above {made} in tools.py."
        self.known(code, scalar, known, what, advice)

    def _arguments(self, part: Part) -> tuple[flow.Argument, ...] | None:
        if "with" not in part:
            return None
        made = []
        for pair in part.pairs("with"):
            if not isinstance(pair.value, Scalar):
                continue
            formula = self.formula(
                pair.value,
                "argument",
                what="list" if pair.name is pair.value else "argument",
            )
            made.append(flow.Argument(pair.name.text, formula, self._typed(formula)))
        return tuple(made)

    def _typed(self, formula: Formula) -> SlotType | None:
        """Return the type of an expression that is a single typed name."""
        name = formula.source
        meaning = self.draft.names.get(name)
        return meaning.type if meaning is not None else None

    def _default_arguments(self, tool: flow.Tool) -> tuple[flow.Argument, ...]:
        made = []
        for name in tool.parameters:
            meaning = self.draft.names.get(name)
            if meaning is None:
                continue
            formula, _ = templates.formula(name)
            made.append(flow.Argument(name, formula, meaning.type))
        return tuple(made)

    def _fits(
        self,
        part: Part,
        scalar: Scalar,
        tool: flow.Tool,
        arguments: tuple[flow.Argument, ...],
    ) -> None:
        """Look whether the arguments are those that the Python function takes."""
        if tool.function is _stub:
            return
        for pair in part.pairs("with"):
            name = pair.name.text
            if name in tool.parameters:
                continue
            meant = meant_by(name, tool.parameters)
            advice = (
                f'Did you mean "{meant}"?'
                if meant
                else f"It takes: {', '.join(tool.parameters) or 'nothing'}."
            )
            self.draft.report(
                "FK605",
                pair.name.span,
                f'the tool {tool.name} takes no "{name}".',
                advice,
            )
        given = {argument.name for argument in arguments}
        meant_to_be = {
            meant_by(p.name.text, tool.parameters) for p in part.pairs("with")
        }
        lacking = [
            p
            for p in tool.parameters
            if p in tool.required and p not in given and p not in meant_to_be
        ]
        if lacking and self.draft.whole:
            names = " and ".join(f'"{name}"' for name in lacking)
            self.draft.report(
                "FK606",
                part.place("with") if "with" in part else scalar.span,
                f"the tool {tool.name} needs {names}.",
                f"Add {', '.join(lacking)} to with."
                if "with" in part
                else "Write with: and what it is given.",
            )

    def _returned_into(self, part: Part, tool: flow.Tool) -> None:
        fields = self.shared.extensions.fields.get(tool.name)
        if fields is None:
            return
        for scalar in part.scalars("into"):
            if scalar.text not in fields:
                self.draft.report(
                    "FK612",
                    scalar.span,
                    f'the tool {tool.name} never returns "{scalar.text}".',
                    self._parts_advice(scalar.text, fields),
                )


def _stub(**arguments: object) -> dict[str, object]:
    """Stand in for a tool that nobody has written yet."""
    return {}

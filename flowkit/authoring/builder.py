"""One flow, from parts to the steps, slots and ladders that the engine walks.

What belongs here: turning each part into its object, compiling its sentences and
conditions, and the names that they use. What a flow as a whole must be like is looked at
afterwards, by ``checks``, for which a ``Draft`` keeps the place of everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from flowkit.authoring import templates
from flowkit.authoring.codes import found
from flowkit.authoring.document import Part, meant_by
from flowkit.authoring.modules import Extensions, ValidatorFunction
from flowkit.authoring.names import Meaning, Means, Validation, fixed_names
from flowkit.authoring.source import Listing, Node, Scalar
from flowkit.authoring.texts import Condition, Formula, Text, Use
from flowkit.diagnostics import Diagnostic, Fix, Span
from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Interrupt, Ladders, Rung, SlotType

if TYPE_CHECKING:
    from flowkit.authoring.translations import Translations
    from flowkit.types.reading import ReadableType

Written: TypeAlias = Text | Formula | Condition
Role: TypeAlias = Literal[
    "say", "ask", "confirm", "offer", "each", "otherwise", "meanwhile", "reason",
    "suggest", "condition", "rule", "argument", "list",
]  # fmt: skip
ANYTHING = Meaning(Means.WORD, None, None)
"""A name of which only the run knows what it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something written stands, and what for."""

    scalar: Scalar
    role: Role
    slot: str = ""
    """The slot that it belongs to, if any."""


@dataclass(eq=False)
class Shared:
    """What all flows of an agent have in common while they are compiled."""

    extensions: Extensions
    people: tuple[str, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    flows: tuple[str, ...] = ()
    slots: Mapping[str, flow.Slot] = field(default_factory=dict)
    filled_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The slots that each flow asks for or fills."""
    conjunctions: frozenset[str] = frozenset()
    """The words for "and" and "or" in the language of the sentences."""
    whole: bool = True
    """All files could be read: what is not there does not exist."""
    missing_functions: dict[str, Diagnostic] = field(default_factory=dict)
    """Python that nobody has written yet, each name once."""
    stubs: dict[str, flow.Tool] = field(default_factory=dict)
    flow_slots: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names of each flow's own slots."""


@dataclass(eq=False)
class Draft:
    """A flow while it is being made: the flow, and where each piece of it stands."""

    name: str
    part: Part
    shared: Shared
    names: dict[str, Meaning] = field(default_factory=fixed_names)
    types: dict[str, ReadableType] = field(default_factory=dict)
    """Of each slot and given value; a stand-in where there is no such type."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    """By ``id`` of a text, formula or condition."""
    written: list[Written] = field(default_factory=list)
    """All of them, in file order."""
    steps: dict[str, Part] = field(default_factory=dict)
    """Each step's part, by its id."""
    slot_parts: dict[str, Part] = field(default_factory=dict)
    ladders: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    """Each ladder's rungs by its path: ``slots.phone.if_silent``."""
    unknown: set[str] = field(default_factory=set)
    flow: flow.Flow | None = None
    translations: Translations | None = None
    is_whole: bool = True
    """Nothing of it had to be left out: what nothing asks for is not asked for."""

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        advice: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Note a finding."""
        self.diagnostics.append(found(code, span, message, advice=advice, fix=fix))

    def place(self, thing: object) -> Place | None:
        """Return where a text, formula or condition stands."""
        return self.places.get(id(thing))


class Builder:
    """Builds the pieces of one flow, or those that an agent shares among its flows."""

    def __init__(
        self,
        draft: Draft,
        *,
        translations: Translations | None = None,
        prefix: str = "",
        interrupt: Interrupt = "anytime",
    ) -> None:
        self.draft = draft
        self.shared = draft.shared
        self.translations = translations
        self.prefix = prefix
        """``agent.`` for what stands in agent.yaml."""
        self.interrupt = interrupt
        """What a step does that says nothing about it."""
        self.own_names: tuple[str, ...] = ()

    # --- what is written ----------------------------------------------------------------

    def sentence(
        self,
        scalar: Scalar,
        where: str,
        role: Role,
        *,
        slot: str = "",
        extra: Mapping[str, Meaning] | None = None,
        any_name: bool = False,
    ) -> Text:
        """Compile a sentence and look at the names that it uses."""
        source = " ".join(scalar.text.split())
        told: Mapping[str, Text] = {}
        if self.translations is not None:
            told = self.translations.of(source, where)
        text, problems = templates.text(
            source, line=scalar.line, where=where, translations=told
        )
        self._note(text, scalar, role, slot, source, problems, "sentence")
        if not problems or all(p.code == "FK421" for p in problems):
            self._names(text, scalar, "sentence", extra or {}, any_name=any_name)
        return text

    def condition(self, scalar: Scalar, role: Role, *, slot: str = "") -> Condition:
        """Compile a condition and look at the names that it uses."""
        source = " ".join(scalar.text.split())
        made, problems = templates.condition(source, line=scalar.line)
        self._note(made, scalar, role, slot, source, problems, "condition")
        if not problems:
            self._names(made, scalar, "condition", {})
        return made

    def formula(
        self, scalar: Scalar, role: Role, *, slot: str = "", what: str = "expression"
    ) -> Formula:
        """Compile an expression and look at the names that it uses."""
        source = " ".join(scalar.text.split())
        made, problems = templates.formula(source, line=scalar.line)
        self._note(made, scalar, role, slot, source, problems, what)
        if not problems:
            self._names(made, scalar, what, {})
        return made

    def _note(
        self,
        made: Written,
        scalar: Scalar,
        role: Role,
        slot: str,
        source: str,
        problems: list[templates.Problem],
        what: str,
    ) -> None:
        draft = self.draft
        draft.places[id(made)] = Place(scalar, role, slot)
        draft.written.append(made)
        for problem in problems:
            span = place_of(scalar, source, problem.start, problem.end)
            fix = None
            if problem.remedy is not None and span.line == span.end_line:
                fix = Fix(span, problem.remedy)
            draft.report(problem.code, span, problem.message, problem.advice, fix)

    def _names(
        self,
        made: Written,
        scalar: Scalar,
        what: str,
        extra: Mapping[str, Meaning],
        *,
        any_name: bool = False,
    ) -> None:
        for use in made.facts.uses:
            meaning = extra.get(use.name) or self.draft.names.get(use.name)
            if meaning is None:
                if not any_name:
                    self._unknown(made, use, scalar, what, extra)
            elif use.parts and meaning.parts is not None:
                self._part(made, use, scalar, meaning)

    def _unknown(
        self,
        made: Written,
        use: Use,
        scalar: Scalar,
        what: str,
        extra: Mapping[str, Meaning],
    ) -> None:
        draft = self.draft
        if not self.shared.whole or use.name in draft.unknown:
            return
        draft.unknown.add(use.name)
        span = place_of(scalar, made.source, use.start, use.end)
        meant = meant_by(use.name, [*extra, *draft.names])
        fix = Fix(span, meant) if meant and span.line == span.end_line else None
        draft.report(
            "FK302",
            span,
            f'this {what} uses "{use.name}", but nothing is called that.',
            f'Did you mean "{meant}"?' if meant else self._what_there_is(made, use),
            fix,
        )

    def _what_there_is(self, made: Written, use: Use) -> str:
        if any(use in (one.left, one.right) for one in made.facts.comparisons):
            return f'If it is a text, put it in quotes: "{use.name}".'
        own = [
            name
            for name, meaning in self.draft.names.items()
            if meaning.means in (Means.SLOT, Means.RESULT, Means.VALUE, Means.GIVEN)
        ]
        if not own or len(own) > 8:
            return "Names are slots, saved results (save_as) and values."
        return f"There are: {', '.join(own)}."

    def _part(self, made: Written, use: Use, scalar: Scalar, meaning: Meaning) -> None:
        part = use.parts[0]
        known = meaning.parts or frozenset()
        span = place_of(
            scalar, made.source, use.part_starts[0], use.part_starts[0] + len(part)
        )
        if part in known:
            if len(use.parts) > 1:
                self.draft.report(
                    "FK312",
                    span,
                    f'"{use.name}.{part}" has nothing behind a further dot.',
                )
            return
        if meaning.means is Means.RESULT:
            tool = self._tool_of(use.name)
            self.draft.report(
                "FK612",
                span,
                f'the tool {tool} never returns "{part}".',
                self._parts_advice(part, known),
                self._parts_fix(span, part, known),
            )
            return
        what = f'"{use.name}"' if meaning.type is None else f"a {meaning.type.name}"
        self.draft.report(
            "FK312",
            span,
            f'{what} has no "{part}".',
            self._parts_advice(part, known),
            self._parts_fix(span, part, known),
        )

    @staticmethod
    def _parts_fix(span: Span, part: str, known: frozenset[str]) -> Fix | None:
        meant = meant_by(part, sorted(known))
        return Fix(span, meant) if meant and span.line == span.end_line else None

    @staticmethod
    def _parts_advice(part: str, known: frozenset[str]) -> str:
        meant = meant_by(part, sorted(known))
        if meant:
            return f'Did you mean "{meant}"?'
        if not known:
            return "Take away the dot and what is behind it."
        return f"There are: {', '.join(sorted(known))}."

    def _tool_of(self, result: str) -> str:
        for part in self.draft.steps.values():
            if part.kind == "do" and part.text("save_as") == result:
                return part.text("do")
        return "that makes it"

    # --- references ---------------------------------------------------------------------

    def known(
        self, code: str, scalar: Scalar, known: object, what: str, advice: str = ""
    ) -> bool:
        """Tell whether a name is among the known ones; report it if not."""
        options = list(known) if isinstance(known, (Mapping, tuple, list, set)) else []
        if scalar.text in options:
            return True
        if not self.shared.whole:
            return False
        meant = meant_by(scalar.text, options)
        if not meant and not advice and options:
            advice = f"There are: {', '.join(options[:12])}."
        self.draft.report(
            code,
            scalar.span,
            f'there is no {what} "{scalar.text}".',
            f'Did you mean "{meant}"?' if meant else advice,
            Fix(scalar.span, meant) if meant and not scalar.quoted else None,
        )
        return False

    def slot_names(self, scalars: tuple[Scalar, ...]) -> tuple[str, ...]:
        """Return those of the names that are slots."""
        slots = [n for n, m in self.draft.names.items() if m.means is Means.SLOT]
        names = []
        for scalar in scalars:
            if self.known(
                "FK303", scalar, slots, "slot", "Write it below slots: with its type."
            ):
                names.append(scalar.text)
        return tuple(dict.fromkeys(names))

    # --- steps --------------------------------------------------------------------------

    def steps(self, parts: tuple[Part, ...], path: str) -> tuple[flow.Step, ...]:
        """Build a list of steps; ``path`` is the id of the list."""
        made = []
        for n, part in enumerate(parts):
            id_ = f"{path}.{n}"
            self.draft.steps[id_] = part
            step = self.step(part, id_)
            if step is not None:
                made.append(step)
        return tuple(made)

    def _interrupt(self, part: Part) -> Interrupt:
        word = part.text("interrupt")
        if word in ("anytime", "with_answer", "never"):
            return word  # type: ignore[return-value]  # one of the three
        return self.interrupt

    def step(self, part: Part, id_: str) -> flow.Step | None:
        """Build one step."""
        make: Any = getattr(self, f"_{part.kind}", None)  # any: one method a verb
        built: flow.Step | None = make(part, id_) if make is not None else None
        return built

    def _say(self, part: Part, id_: str) -> flow.Step | None:
        scalars = part.scalars("say")
        many = len(scalars) > 1
        variants = tuple(
            self.sentence(
                scalar, f"{id_}.say" + (f".one_of.{n}" if many else ""), "say"
            )
            for n, scalar in enumerate(scalars)
        )
        if not variants:
            return None
        return flow.Say(variants, self._interrupt(part), id=id_, line=part.line)

    def _ask(self, part: Part, id_: str) -> flow.Step | None:
        names = self.slot_names(part.scalars("ask"))
        return flow.Ask(names, id=id_, line=part.line) if names else None

    def _confirm(self, part: Part, id_: str) -> flow.Step | None:
        scalar = part.scalar("confirm")
        if scalar is None:
            return None
        say = self.sentence(scalar, f"{id_}.confirm", "confirm")
        return flow.Confirm(say, self._interrupt(part), id=id_, line=part.line)

    def _when(self, part: Part, id_: str) -> flow.Step | None:
        scalar = part.scalar("when")
        steps = self.steps(part.parts("steps"), f"{id_}.steps")
        otherwise = self.steps(part.parts("otherwise"), f"{id_}.otherwise")
        if scalar is None:
            return None
        condition = self.condition(scalar, "condition")
        return flow.When(condition, steps, otherwise, id=id_, line=part.line)

    def _offer(self, part: Part, id_: str) -> flow.Step | None:
        scalar, say = part.scalar("offer"), part.scalar("say")
        into = self.slot_names(part.scalars("into"))
        none_suit = self.steps(part.parts("if_none_suit"), f"{id_}.if_none_suit")
        choices = self.formula(scalar, "list") if scalar else None
        spoken = None
        if say is not None:
            extra = {"choices": Meaning(Means.WORD)}
            spoken = self.sentence(say, f"{id_}.say", "offer", extra=extra)
        each = None
        one = part.scalar("each")
        if one is not None:
            extra = {"it": ANYTHING, **self._fields_of_choice(choices)}
            each = self.sentence(one, f"{id_}.each", "each", extra=extra)
        if choices is None or spoken is None or not into:
            return None
        return flow.Offer(
            choices,
            into,
            spoken,
            each,
            none_suit,
            self._interrupt(part),
            id=id_,
            line=part.line,
        )

    @staticmethod
    def _fields_of_choice(choices: Formula | None) -> dict[str, Meaning]:
        """Fields of a choice are known to the tool only; ``it.name`` names any."""
        return {}

    def _ask_again(self, part: Part, id_: str) -> flow.Step | None:
        names = self.slot_names(part.scalars("ask_again"))
        say = part.scalar("say")
        spoken = self.sentence(say, f"{id_}.say", "ask") if say else None
        then = self.steps(part.parts("then"), f"{id_}.then")
        at_most = int(part.number("at_most") or 3)
        if not names:
            return None
        return flow.AskAgain(
            names,
            spoken,
            at_most,
            then,
            self._interrupt(part),
            id=id_,
            line=part.line,
        )

    def _start_one_of(self, part: Part, id_: str) -> flow.Step | None:
        flows = tuple(
            scalar.text
            for scalar in part.scalars("start_one_of")
            if self.known("FK301", scalar, self.shared.flows, "flow")
        )
        say = part.scalar("say")
        spoken = self.sentence(say, f"{id_}.say", "ask") if say else None
        if not flows or spoken is None:
            return None
        return flow.StartOneOf(
            flows, spoken, self._interrupt(part), id=id_, line=part.line
        )

    def _do_flow(self, part: Part, id_: str) -> flow.Step | None:
        scalar = part.scalar("do_flow")
        if scalar is None or not self.known("FK301", scalar, self.shared.flows, "flow"):
            return None
        return flow.DoFlow(scalar.text, id=id_, line=part.line)

    def _go_to(self, part: Part, id_: str) -> flow.Step | None:
        scalar = part.scalar("go_to")
        carried = self.slot_names(part.scalars("with"))
        if scalar is None or not self.known("FK301", scalar, self.shared.flows, "flow"):
            return None
        theirs = self.shared.flow_slots.get(scalar.text, frozenset())
        for name in part.scalars("with"):
            if name.text in carried and name.text not in theirs:
                if name.text in self.shared.slots or not self.shared.whole:
                    continue
                meant = meant_by(name.text, sorted(theirs))
                self.draft.report(
                    "FK303",
                    name.span,
                    f'the flow {scalar.text} has no slot "{name.text}" to carry it to.',
                    f'Did you mean "{meant}"?' if meant else "Take it out of the list.",
                )
        return flow.GoTo(scalar.text, carried, id=id_, line=part.line)

    def _handoff(self, part: Part, id_: str) -> flow.Step | None:
        reason, to, say = (part.scalar(key) for key in ("handoff", "to", "say"))
        nobody = self.steps(part.parts("if_nobody"), f"{id_}.if_nobody")
        if to is not None and not self.known(
            "FK308",
            to,
            self.shared.people,
            "person",
            "Write who it is below people: in agent.yaml.",
        ):
            to = None
        spoken = self.sentence(say, f"{id_}.say", "say") if say else None
        if reason is None:
            return None
        return flow.Handoff(
            self.sentence(reason, f"{id_}.handoff", "reason"),
            to.text if to else None,
            spoken,
            nobody,
            self._interrupt(part),
            id=id_,
            line=part.line,
        )

    def _end(self, part: Part, id_: str) -> flow.Step:
        return flow.End(part.text("end") or "finished", id=id_, line=part.line)

    def _skip(self, part: Part, id_: str) -> flow.Step:
        return flow.Skip(id=id_, line=part.line)

    # --- tools --------------------------------------------------------------------------

    def _do(self, part: Part, id_: str) -> flow.Step | None:
        scalar = part.scalar("do")
        fails = self.steps(part.parts("if_it_fails"), f"{id_}.if_it_fails")
        changed = self.steps(part.parts("if_changed_later"), f"{id_}.if_changed_later")
        meanwhile = part.scalar("meanwhile")
        spoken = (
            self.sentence(meanwhile, f"{id_}.meanwhile", "meanwhile")
            if meanwhile
            else None
        )
        into = self.slot_names(part.scalars("into"))
        arguments = self._arguments(part)
        if scalar is None:
            return None
        tool = self._tool(scalar, part)
        if arguments is None:
            arguments = self._default_arguments(tool)
        self._fits(part, scalar, tool, arguments)
        self._returned_into(part, tool)
        within = part.number("within") or tool.within_s or 10.0
        return flow.Do(
            tool.name,
            arguments,
            part.text("save_as") or None,
            into,
            spoken,
            within,
            fails,
            if_changed_later=changed,
            id=id_,
            line=part.line,
        )

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
        self.known(code, scalar, known, what)

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
        if lacking and self.shared.whole:
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

    # --- rules and ladders ---------------------------------------------------------------

    def rules(self, part: Part, slot: str) -> tuple[flow.Rule, ...]:
        """Build the rules of a slot."""
        made = []
        for n, rule in enumerate(part.parts("rules")):
            path = f"{self.prefix}slots.{slot}.rules.{n}"
            built = self._rule(rule, slot, path)
            if built is not None:
                made.append(built)
        return tuple(made)

    def _rule(self, part: Part, slot: str, path: str) -> flow.Rule | None:
        must, check = part.scalar("must"), part.scalar("check")
        test: flow.Test | None = None
        words: frozenset[str] | None = frozenset()
        if must is not None:
            test = self.condition(must, "rule", slot=slot)
        elif check is not None:
            test, words = self._check(check)
        otherwise = part.values.get("otherwise")
        steps: tuple[flow.Step, ...] = ()
        if isinstance(otherwise, Scalar):
            extra = dict.fromkeys(words or (), ANYTHING)
            text = self.sentence(
                otherwise,
                f"{path}.otherwise",
                "otherwise",
                slot=slot,
                extra=extra,
                any_name=words is None,
            )
            steps = (
                flow.Say(
                    (text,), self.interrupt, id=f"{path}.otherwise", line=otherwise.line
                ),
            )
        else:
            steps = self.steps(part.parts("otherwise"), f"{path}.otherwise")
        if test is None or not steps:
            return None
        return flow.Rule(test, steps, part.line)

    def _check(self, scalar: Scalar) -> tuple[flow.Test | None, frozenset[str] | None]:
        extensions = self.shared.extensions
        function = extensions.validators.get(scalar.text)
        if function is None:
            if extensions.any_module:
                self._no_function("FK306", scalar, extensions.validators, "validator")
            else:
                self._not_written(scalar, "validator")
            return Validation(scalar.text, frozenset(), scalar.line), None
        parameters = self._parameters(scalar, function)
        made = Validation(
            scalar.text,
            frozenset(parameters),
            scalar.line,
            function.function,
            parameters,
        )
        return made, function.words

    def _parameters(
        self, scalar: Scalar, function: ValidatorFunction
    ) -> tuple[str, ...]:
        known = []
        for name in function.parameters:
            meaning = self.draft.names.get(name)
            if meaning is not None and meaning.means is not Means.RESULT:
                known.append(name)
            elif meaning is not None:
                self.draft.report(
                    "FK417",
                    scalar.span,
                    f'the validator {function.name} reads the result "{name}"; a rule '
                    "reads slots and values only.",
                    "Whatever a tool found belongs into a when step.",
                )
            elif name not in function.defaults and self.shared.whole:
                meant = meant_by(name, self.draft.names)
                self.draft.report(
                    "FK607",
                    scalar.span,
                    f'the validator {function.name} reads "{name}", but no slot or '
                    "value is called that.",
                    f'Did its writer mean "{meant}"?'
                    if meant
                    else "Its arguments are names of slots and values.",
                )
        return tuple(known)

    def ladders(self, part: Part, path: str) -> Ladders:
        """Build the ladders of a slot, or of ``defaults``."""
        word = part.text("interrupt")
        return Ladders(
            self._rungs(part, "if_not_understood", path),
            self._rungs(part, "if_silent", path),
            self._rungs(part, "if_refused", path),
            part.number("silence_after"),
            word if word in ("anytime", "with_answer", "never") else None,  # type: ignore[arg-type]  # one of the three
        )

    def _rungs(self, part: Part, key: str, path: str) -> tuple[Rung, ...] | None:
        rungs = part.parts(key)
        if key not in part:
            return None
        self.draft.ladders[f"{path}.{key}"] = rungs
        made = []
        for n, rung in enumerate(rungs):
            steps = rung.parts("steps")
            id_ = f"{path}.{key}.{n}"
            built = self.steps(steps, f"{id_}.steps")
            made.append(Rung(built, rung.line))
        return tuple(made)

    # --- anytime ------------------------------------------------------------------------

    def entries(self, parts: tuple[Part, ...]) -> tuple[flow.Entry, ...]:
        """Build the side questions."""
        made = []
        for n, part in enumerate(parts):
            path = f"{self.prefix}anytime.{n}"
            about = part.scalar("caller_asks") or part.scalar("caller_wants")
            target = part.scalar("go_to")
            if target is not None and not self.known(
                "FK301", target, self.shared.flows, "flow"
            ):
                target = None
            steps = self.steps(part.parts("steps"), f"{path}.steps")
            if "say" in part:
                say = self._say(part, f"{path}.say")
                self.draft.steps[f"{path}.say"] = part
                steps = (say,) if say is not None else ()
            if about is None:
                continue
            made.append(
                flow.Entry(
                    path,
                    about.text,
                    part.texts("such_as"),
                    steps,
                    target.text if target else None,
                    part.line,
                )
            )
        return tuple(made)


def _stub(**arguments: object) -> dict[str, object]:
    """Stand in for a tool that nobody has written yet."""
    return {}


def place_of(scalar: Scalar, source: str, start: int, end: int) -> Span:
    """Return the place of ``source[start:end]``, a scalar's text with single spaces."""
    if source == scalar.text:
        return scalar.at(start, end)
    wanted = source[:start].replace(" ", "")
    at = 0
    for _ in wanted:
        while at < len(scalar.text) and scalar.text[at].isspace():
            at += 1
        at += 1
    while at < len(scalar.text) and scalar.text[at].isspace():
        at += 1
    return scalar.at(at, at + max(end - start, 1))


def plain(node: Node) -> Json:
    """Return a node as plain data, with texts as they were written."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {entry.key.text: plain(entry.value) for entry in node.entries}

"""One flow, from parts to the steps, rules and ladders that the engine walks.

What belongs here: turning each part into its object. What a flow as a whole must be like
is looked at afterwards, by ``checks``, for which a ``Draft`` keeps the place of everything.
"""

from __future__ import annotations

from typing import Any

from flowkit.authoring.drafts import ANYTHING
from flowkit.authoring.modules import ValidatorFunction
from flowkit.authoring.names import Meaning, Means, Validation
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.reading import meant_by
from flowkit.authoring.tooling import ToolBuilder
from flowkit.dialogue import flow
from flowkit.dialogue.flow import Interrupt, Ladders, Rung


class Builder(ToolBuilder):
    """Builds the pieces of one flow, or those that an agent shares among its flows."""

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
        condition = self.condition(scalar, "condition") if scalar else None
        steps = self.steps(part.parts("steps"), f"{id_}.steps")
        otherwise = self.steps(part.parts("otherwise"), f"{id_}.otherwise")
        if condition is None:
            return None
        return flow.When(condition, steps, otherwise, id=id_, line=part.line)

    def _offer(self, part: Part, id_: str) -> flow.Step | None:
        scalar, say = part.scalar("offer"), part.scalar("say")
        into = self.slot_names(part.scalars("into"))
        choices = self.formula(scalar, "list") if scalar else None
        spoken = None
        if say is not None:
            extra = {"choices": Meaning(Means.WORD)}
            spoken = self.sentence(say, f"{id_}.say", "offer", extra=extra)
        each = None
        one = part.scalar("each")
        if one is not None:
            # the fields of a choice are known to the tool only: ``it.name`` may be any
            extra = {"it": ANYTHING}
            each = self.sentence(one, f"{id_}.each", "each", extra=extra)
        none_suit = self.steps(part.parts("if_none_suit"), f"{id_}.if_none_suit")
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
            commit=tool.cannot_be_undone or part.is_true("cannot_be_undone"),
            if_changed_later=changed,
            id=id_,
            line=part.line,
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
            elif name not in function.defaults and self.draft.whole:
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

"""What is certainly known where: no sentence speaks a value that may not be there.

The outline is walked once, top to bottom, as the engine walks it: a step is reached only
when all before it hold. What an ``ask`` asks is known behind it, unless it is optional;
what only one branch asks is not known behind the branches. What a condition has found to
be there is known inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flowkit.authoring.drafts import Draft, Written, place_of
from flowkit.authoring.names import Meaning, Means
from flowkit.authoring.texts import Condition, Formula, Text, Use
from flowkit.dialogue import flow

ENDS = (flow.Handoff, flow.End, flow.GoTo, flow.AskAgain, flow.Skip)
"""Steps behind which nothing comes."""
_ALWAYS = (Means.VALUE, Means.CLOCK, Means.CALL, Means.WORD, Means.GIVEN)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at one point of the way."""

    names: frozenset[str] = frozenset()
    """Certainly there."""
    perhaps: frozenset[str] = frozenset()
    """Asked or made before, but it may be empty."""
    confirmed: frozenset[str] = frozenset()
    """Spoken by the confirms before."""
    has_confirm: bool = False
    in_when: bool = False


def ends(steps: tuple[flow.Step, ...]) -> bool:
    """Tell whether a list of steps never comes to its end."""
    return any(is_end(step) for step in steps)


def is_end(step: flow.Step) -> bool:
    """Tell whether nothing comes behind a step."""
    if isinstance(step, flow.When):
        return bool(step.otherwise) and ends(step.steps) and ends(step.otherwise)
    return isinstance(step, ENDS)


class Walk:
    """One walk over a flow; collects findings and what was known at each ``do``."""

    def __init__(self, draft: Draft, made: flow.Flow) -> None:
        self.draft = draft
        self.flow = made
        self.optional = {name for name, slot in made.slots.items() if slot.optional}
        self.at_do: dict[str, Known] = {}
        self.asked_at: dict[str, Known] = {}
        """For each slot: what is known when its question is asked."""
        self.by_condition: dict[tuple[str, bool], frozenset[str]] = {}
        self.reported: set[tuple[str, str]] = set()
        self.cyclic: frozenset[str] = frozenset()

    def run(self) -> None:
        """Walk the outline, then everything that hangs on slots."""
        nothing = self._from_elsewhere()
        self.steps(self.flow.steps, nothing)
        for name, slot in self.flow.slots.items():
            if slot.shared and name not in self.draft.slot_parts:
                continue
            self._slot(slot, self.asked_at.get(name, nothing))
        for entry in self.flow.anytime:
            if not entry.id.startswith("agent."):
                self.steps(entry.steps, nothing)

    def _from_elsewhere(self) -> Known:
        """Return the shared slots that only other flows ask for: these come first."""
        filled = self.draft.shared.filled_by
        here = filled.get(self.draft.name, frozenset())
        names = frozenset(
            name
            for name, slot in self.flow.slots.items()
            if slot.shared
            and name not in here
            and any(name in slots for slots in filled.values())
        )
        return Known(names - self.optional, names)

    # --- the outline --------------------------------------------------------------------

    def steps(self, steps: Iterable[flow.Step], known: Known) -> Known:
        """Walk a list of steps; return what is known behind it."""
        for step in steps:
            known = self.step(step, known)
        return known

    def step(self, step: flow.Step, known: Known) -> Known:
        """Walk a step; return what is known behind it."""
        match step:
            case flow.Say():
                for text in step.variants:
                    self.text(text, known)
            case flow.Ask():
                return self._ask(step, known)
            case flow.Confirm():
                self.text(step.say, known)
                return replace(
                    known,
                    confirmed=known.confirmed | spoken_names(step.say),
                    has_confirm=True,
                )
            case flow.Do():
                return self._do(step, known)
            case flow.When():
                return self._when(step, known)
            case flow.Offer():
                self.read(step.choices, known)
                self.text(step.say, known)
                if step.each is not None:
                    self.text(step.each, _with(known, step.into))
                self.steps(step.if_none_suit, known)
                return _with(known, step.into)
            case flow.AskAgain():
                for name in step.slots:
                    self._asks(name, known)
                if step.say is not None:
                    self.text(step.say, known)
                self.steps(step.then, known)
            case flow.StartOneOf():
                self.text(step.say, known)
                return _with(known, step.flows)
            case flow.DoFlow():
                return _with(known, (step.flow,))
            case flow.Handoff():
                if step.say is not None:
                    self.text(step.say, known)
                self.steps(step.if_nobody, known)
            case flow.GoTo() | flow.End() | flow.Skip():
                pass
        return known

    def _asks(self, name: str, known: Known) -> None:
        before = self.asked_at.get(name)
        self.asked_at[name] = known if before is None else _both(before, known)

    def _ask(self, step: flow.Ask, known: Known) -> Known:
        for name in step.slots:
            self._asks(name, known)
            known = (
                replace(known, perhaps=known.perhaps | {name})
                if name in self.optional and name not in known.names
                else _with(known, (name,))
            )
        return known

    def _do(self, step: flow.Do, known: Known) -> Known:
        self.at_do[step.id] = known
        tool = self.draft.shared.extensions.tools.get(step.tool)
        for argument in step.arguments:
            needed = tool is not None and argument.name in tool.required
            self._argument(step, argument, known, needed=needed)
        if step.meanwhile is not None:
            self.text(step.meanwhile, known)
        self.steps(step.if_it_fails, known)
        made = _with(known, step.into)
        if step.save_as:
            made = _with(made, (step.save_as,))
        self.steps(step.if_changed_later, made)
        return made

    def _when(self, step: flow.When, known: Known) -> Known:
        condition = step.condition
        if not isinstance(condition, Condition):
            return known
        self.read(condition, known)
        inside = replace(known, in_when=True)
        source = condition.source
        yes = _with(
            inside,
            condition.known_if | self.by_condition.get((source, True), frozenset()),
        )
        no = _with(
            inside,
            condition.known_if_not
            | self.by_condition.get((source, False), frozenset()),
        )
        behind_yes = self.steps(step.steps, yes)
        behind_no = self.steps(step.otherwise, no)
        for side, before, behind in ((True, yes, behind_yes), (False, no, behind_no)):
            made = behind.names - before.names
            self.by_condition[source, side] = made | self.by_condition.get(
                (source, side), frozenset()
            )
        ends_yes, ends_no = ends(step.steps), ends(step.otherwise)
        if ends_yes and not ends_no:
            behind = behind_no
        elif ends_no and not ends_yes:
            behind = behind_yes
        else:
            behind = _both(behind_yes, behind_no)
        return replace(behind, in_when=known.in_when)

    # --- slots --------------------------------------------------------------------------

    def _slot(self, slot: flow.Slot, known: Known) -> None:
        for text in (slot.ask, slot.ask_suggested):
            if text is not None:
                self.text(text, known)
        for formula in (slot.suggest, slot.choices_from):
            if isinstance(formula, Formula):
                self.read(formula, known)
        for rule in slot.rules:
            # a rule waits until every slot that it reads is filled (RULES 45)
            inside = _with(known, (slot.name, *rule.test.reads))
            self.steps(rule.otherwise, inside)
        ladders = slot.ladders
        for rungs in (ladders.if_not_understood, ladders.if_silent, ladders.if_refused):
            for rung in rungs or ():
                self.steps(rung.steps, known)

    # --- what is written ----------------------------------------------------------------

    def text(self, text: flow.Sentence, known: Known) -> None:
        """Look at what a sentence speaks and reads."""
        if not isinstance(text, Text) or self.draft.place(text) is None:
            return
        for use in text.facts.uses:
            if use.how == "tested" or use.has_default:
                continue
            if use.how == "spoken":
                self._private(text, use, known)
            self._use(text, use, known, spoken=use.how == "spoken")

    def read(self, made: flow.Expression | flow.Test, known: Known) -> None:
        """Look at what a condition or expression reads."""
        if not isinstance(made, (Formula, Condition)):
            return
        for use in made.facts.uses:
            if use.how != "tested" and not use.has_default:
                self._use(made, use, known, spoken=False)

    def _use(self, made: Written, use: Use, known: Known, *, spoken: bool) -> None:
        name = use.name
        place = self.draft.place(made)
        if place is not None and place.role == "reason":
            return
        meaning = self.draft.names.get(name)
        if name in known.names or name in use.known or name in self.cyclic:
            return
        if meaning is None:
            return
        if name == "caller" and use.parts == ("number",) and spoken:
            self._report(
                "FK406",
                made,
                use,
                "the caller's number may be withheld.",
                _guard("caller.number"),
            )
            return
        if meaning.means in _ALWAYS or (
            meaning.means is Means.OUTCOME and name not in self.draft.shared.flows
        ):
            return
        if name in known.perhaps and name in self.optional:
            if spoken:
                self._report(
                    "FK407",
                    made,
                    use,
                    f'"{name}" is optional, so it may be empty here.',
                    _guard(name),
                )
            return
        self._report("FK406", made, use, *self._why(name, meaning, known, spoken))

    def _why(
        self, name: str, meaning: Meaning, known: Known, spoken: bool
    ) -> tuple[str, str]:
        if meaning.means is Means.SLOT:
            if name in known.perhaps:
                return (
                    f'"{name}" is asked only in a branch, so it may not be known here.',
                    _guard(name)
                    if spoken
                    else "Ask for it before, outside the branch.",
                )
            return (
                f'"{name}" may not be known here: nothing before asks for it.',
                "Put it into an ask step above."
                if not spoken
                else "Put it into an ask step above; where it may stay empty, write "
                f"{{% if {name} %}} ... {{% endif %}} around it.",
            )
        if meaning.means is Means.OUTCOME:
            return f'the flow "{name}" may not have run here.', "Move it above."
        if name in known.perhaps:
            return (
                f'"{name}" is made only in a branch, so it may not be known here.',
                _guard(name) if spoken else "Move the do step out of the branch.",
            )
        return (
            f'"{name}" is not known here yet: the step that saves it comes later.',
            "Move that step above this one.",
        )

    def _argument(
        self, step: flow.Do, argument: flow.Argument, known: Known, *, needed: bool
    ) -> None:
        formula = argument.value
        if not isinstance(formula, Formula):
            return
        for use in formula.facts.uses:
            name = use.name
            if name in known.names or name in self.cyclic or use.how == "tested":
                continue
            meaning = self.draft.names.get(name)
            if meaning is None or meaning.means in _ALWAYS:
                continue
            if name in known.perhaps and name in self.optional:
                if needed and formula.source == name:
                    self._report_at(
                        "FK510",
                        formula,
                        use,
                        step,
                        f'"{name}" is optional, but the tool {step.tool} needs it.',
                        f"Give the argument a default in Python: {argument.name}=None.",
                    )
                continue
            if name in known.perhaps and not needed:
                continue  # the tool gets None
            message, advice = self._why(name, meaning, known, False)
            self._report_at("FK406", formula, use, step, message, advice)

    # --- private values -----------------------------------------------------------------

    def _private(self, text: Text, use: Use, known: Known) -> None:
        meaning = self.draft.names.get(use.name)
        place = self.draft.place(text)
        if meaning is None or place is None or not meaning.private:
            return
        if meaning.means is Means.GIVEN:
            if not known.in_when and use.name not in use.known:
                self._report(
                    "FK419",
                    text,
                    use,
                    f'"{use.name}" is private, and nothing makes sure here that the '
                    "right person listens.",
                    "Put this sentence inside a when.",
                )
            return
        if place.role == "suggest" and place.slot == use.name:
            return
        self._report(
            "FK408",
            text,
            use,
            f'"{use.name}" is private: it is spoken only when it is read back.',
            "Take it out of the sentence; read_back: always reads it back.",
        )

    # --- findings -----------------------------------------------------------------------

    def _report(
        self, code: str, made: Written, use: Use, message: str, advice: str
    ) -> None:
        place = self.draft.place(made)
        if place is None or (code == "FK406" and not self.draft.nothing_left_out):
            return
        key = (code if code == "FK408" else "known", f"{id(made)}.{use.name}")
        if key in self.reported:
            return
        self.reported.add(key)
        span = place_of(place.scalar, made.source, use.start, use.end)
        self.draft.report(code, span, message, advice)

    def _report_at(
        self,
        code: str,
        made: Formula,
        use: Use,
        step: flow.Do,
        message: str,
        advice: str,
    ) -> None:
        if self.draft.place(made) is not None:
            self._report(code, made, use, message, advice)
            return
        part = self.draft.steps.get(step.id)
        if part is not None:
            self.draft.report(code, part.place("do"), message, advice)


def spoken_names(text: flow.Sentence) -> frozenset[str]:
    """Return the names whose values a sentence speaks."""
    if not isinstance(text, Text):
        return text.reads
    return frozenset(use.name for use in text.facts.uses if use.how == "spoken")


def _guard(name: str) -> str:
    return f'Write {{% if {name} %}} ... {{% endif %}} around it, or | default("...").'


def _with(known: Known, names: Iterable[str]) -> Known:
    found = frozenset(names)
    return replace(known, names=known.names | found, perhaps=known.perhaps | found)


def _both(one: Known, other: Known) -> Known:
    return Known(
        one.names & other.names,
        one.perhaps | other.perhaps,
        one.confirmed | other.confirmed,
        one.has_confirm or other.has_confirm,
        one.in_when and other.in_when,
    )


def every_step(made: flow.Flow) -> Iterator[flow.Step]:
    """Yield every step of a flow that the flow itself wrote."""
    for id_, step in made.by_id.items():
        if not id_.startswith(("agent.", "shipped.")):
            yield step

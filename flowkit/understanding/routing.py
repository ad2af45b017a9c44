"""Which flow a caller wants who names none: the one that asks for what they have said.

"A haircut with Tom on Friday" at "Would you like to book, move or cancel?" names no flow,
but only booking begins with a question for what, with whom and when. The values are not
taken here; the engine has the words read again for the slots of the flow that starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowkit.dialogue.flow import Agent, Ask, Flow, Say, Slot
from flowkit.dialogue.request import Request
from flowkit.languages import Language
from flowkit.types.reading import Context, Utterance

_CHOICE = "choice"
_WHOLE = "text"
_SURELY = 0.95
_CHOICE_WEIGHS = 2


@dataclass(frozen=True, slots=True)
class Openings:
    """What of an utterance the flows on offer begin by asking for."""

    choices: frozenset[int] = frozenset()
    """Indexes of the words that are choices of any of them."""
    scores: Mapping[str, int] = field(default_factory=dict)
    """For each flow, how much was said that it asks for."""

    def flow(self, *, alone: bool) -> str | None:
        """Return the flow that is meant, if there is just one.

        Args:
            alone: Nothing else was said: then a single day will do.
        """
        scores = dict(self.scores)
        most = max(scores.values(), default=0)
        best = [name for name, score in scores.items() if score == most]
        if len(best) != 1 or most < (1 if alone else _CHOICE_WEIGHS):
            return None
        return best[0]


def openings(
    request: Request, agent: Agent, language: Language, said: Utterance
) -> Openings:
    """Return what of the utterance the flows on offer begin by asking for."""
    scores: dict[str, int] = {}
    choices: set[int] = set()
    for topic in request.flows:
        flow = agent.flows.get(topic.ref)
        if flow is None:
            continue
        score = 0
        for slot in first_asked(flow):
            ctx = Context(request.now, language, request.country, hints=slot.hints)
            # a SlotType of the flow; those that are compiled can read
            found = slot.type.find(said, ctx)  # type: ignore[attr-defined]
            sure = [
                one for one in found if one.certainty >= _SURELY and one.why is None
            ]
            if not sure:
                continue
            if slot.type.name == _CHOICE:
                sure = [one for one in sure if not one.computed]
                for one in sure:
                    choices.update(range(one.start, one.end))
                score += _CHOICE_WEIGHS * bool(sure)
            else:
                score += 1
        if score:
            scores[flow.name] = score
    return Openings(frozenset(choices), scores)


def first_asked(flow: Flow) -> list[Slot]:
    """Return the slots that a flow asks for before it does anything."""
    found: list[Slot] = []
    for step in flow.steps:
        if isinstance(step, Ask):
            found += [
                flow.slots[name]
                for name in step.slots
                if flow.slots[name].type.name != _WHOLE
            ]
        elif not isinstance(step, Say):
            break
    return found

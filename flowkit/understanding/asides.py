"""What the caller brings up beside the question: side questions, other flows, stories.

Words of a side question, a supposition ("if we were five") or a story ("I saw your ad on
Friday") are not simply answers: the stretches that they take are marked, so that values
in them fill nothing by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from flowkit.dialogue.acts import Act, AskAbout, Start
from flowkit.dialogue.flow import Agent, Flow
from flowkit.dialogue.request import Request, Topic
from flowkit.understanding.cues import CueTable
from flowkit.understanding.layout import Layout
from flowkit.understanding.topics import Match, TopicIndex

_NO_CONTENT = (
    *("yes", "no", "fine", "right", "wrong", "thanks", "goodbye", "ack"),
    *("indifferent", "repair", "no_repair"),
)
_MAY_BE_TOPIC = (
    *("cancel_own", "changing", "change", "change_something", "why", "emergency"),
)
"""Cues whose words may as well be the topic's: "cancel my booking"."""
_PART_OF_TOPIC = (*_MAY_BE_TOPIC, "cancel", "help", "soft_no", "no", "fine")
"""Cues that mean nothing of their own within a side question."""
_OF_TOPIC = 1.45
"""What a value in a side question must reach: more than that it was asked for."""
BESIDE = 1.2
"""What a value in a supposition or a story must reach to be taken."""
ASKING = 1.02
"""What a value in a question that nothing here answers must reach."""
_BLAMES = ("changing", "change", "wrong", "not")


def topics_of(agent: Agent) -> Iterable[Topic]:
    """Return everything that an agent can be asked for."""
    for flow in agent.flows.values():
        if flow.about or flow.such_as:
            yield Topic(flow.name, flow.about, flow.such_as)
        for entry in flow.anytime:
            yield Topic(entry.id, entry.about, entry.such_as)


class Asides:
    """The side question or other flow in one utterance, if there is one."""

    def __init__(
        self,
        request: Request,
        layout: Layout,
        table: CueTable,
        index: TopicIndex,
        *,
        plain: Callable[[str], list[str]],
        flow: Flow | None,
        task: Collection[str],
        choices: Collection[int] = (),
    ) -> None:
        """Prepare to look.

        Args:
            request: What may be asked for.
            layout: What was said.
            table: The language's patterns.
            index: The agent's topics.
            plain: Returns the words of a text that are no values.
            flow: The flow that is being done, if it is known.
            task: The stems of what that flow is about.
            choices: Indexes of words that a flow on offer takes for a choice.
        """
        self._request = request
        self._layout = layout
        self._table = table
        self._index = index
        self._plain = plain
        self._flow = flow
        self._task = frozenset(task)
        self._choices = choices
        self._routing = request.question is not None and request.question.kind == "flow"
        self._match: Match | None = None
        self._places: list[int] = []

    def look(self) -> None:
        """Find the topic that is meant."""
        request = self._request
        current = None if self._flow is None or self._routing else self._flow.name
        flows = tuple(one for one in request.flows if one.ref != current)
        topics = (*request.entries, *flows)
        if not topics:
            return
        words, values, meta, corrected = self._content()
        if self._routing:
            # values mean nothing yet: the flow with the slots is still to be found
            spoken = [
                word
                for at, word in enumerate(self._layout.words)
                if at in self._choices
            ]
            values = values + spoken
            words = self._plain(" ".join(w for w in words if w not in spoken))
            phrase = self._plain(" ".join(self._layout.words))
        else:
            taken = {
                at
                for item in self._layout.items
                if item.is_value
                for at in range(item.start, item.end)
            }
            indexed = enumerate(self._layout.words)
            phrase = [word for at, word in indexed if at not in taken]
        inquires = bool(self._layout.marks.get("inquiry"))
        wanted = {*flows, *(one for one in topics if one.ref in self._targets())}
        match = self._index.best(
            words,
            [*topics],
            self._targets(),
            [*values, *self._table.implied(self._layout.words)],
            f" {' '.join(phrase)} ",
            # "how much is a perm" wants no perm, "I need a perm" not its price
            beside=[one for one in topics if (one in wanted) == inquires]
            if self._routing
            else (),
        )
        if match is None or not (
            match.verbatim
            or self._holds(match, flows, values, meta, corrected=corrected)
        ):
            return
        self._match = match
        self._places = self._where(match) or list(range(len(self._layout.words)))

    def _holds(
        self,
        match: Match,
        flows: Collection[Topic],
        values: list[str],
        meta: set[str],
        *,
        corrected: bool,
    ) -> bool:
        """Whether what the words share with a topic is enough to take it."""
        if match.stems <= meta or self._contradicted(match):
            return False
        if self._only_names(match) or (values and not self._asks()):
            return False
        if self._routing:
            return True
        if match.stems <= self._task or match.stems <= set(self._table.stems(values)):
            return False
        if corrected and len(match.stems) < 3:
            return False
        # "make it a table for five" and "can I change it" ask for no other flow
        starts = match.topic in flows or match.topic.ref in self._targets()
        return not starts or len(match.stems) >= 2 or match.score >= 0.9

    def _asks(self) -> bool:
        """Whether something is asked or wished for, beyond the name of a slot."""
        layout = self._layout
        return (
            layout.said.raw.rstrip().endswith("?")
            or any(name in layout.marks for name in ("question", "inquiry", "wish"))
            or any(item.says("cancel", *_MAY_BE_TOPIC) for item in layout.items)
        )

    def _contradicted(self, match: Match) -> bool:
        """Whether something is to be cancelled or changed, and the topic is not that."""
        for item in self._layout.items:
            if item.says("cancel", "cancel_own", "changing", "change_something"):
                stems = self._table.stems(self._layout.words[item.start : item.end])
                if not self._index.knows(match.topic, stems):
                    return True
        return False

    def _targets(self) -> dict[str, str]:
        """Return the flow that an entry starts, by the entry's id."""
        if self._flow is None:
            return {}
        return {one.id: one.flow for one in self._flow.anytime if one.flow is not None}

    def _only_names(self, match: Match) -> bool:
        """Whether the words are just the names of slots: alone they make no topic."""
        items = self._layout.items
        if any(item.says("why") for item in items):
            return False
        places = self._where(match)
        return bool(places) and all(
            any(item.names and item.start <= at < item.end for item in items)
            for at in places
        )

    def _where(self, match: Match) -> list[int]:
        return [
            at
            for at, word in enumerate(self._layout.words)
            if match.stems.intersection(self._index.stems([word]))
        ]

    def _content(self) -> tuple[list[str], list[str], set[str], bool]:
        """Return the words that may be about a topic, those of values, stems of cues.

        The last says whether something that is known is being put right.
        """
        layout = self._layout
        words = list(layout.words)
        values: list[str] = []
        meta: set[str] = set()
        corrected = False
        question = self._request.question
        asks_what = question is not None and question.kind == "change"
        filled = {one.slot.name for one in self._request.slots if one.value is not None}
        items = layout.items
        for n, item in enumerate(items):
            before = items[n - 1] if n else None
            behind = items[n + 1] if n + 1 < len(items) else None
            if item.is_value:
                values += words[item.start : item.end]
            if item.is_value or item.says(*_NO_CONTENT) or (item.names and asks_what):
                words[item.start : item.end] = [""] * (item.end - item.start)
            elif item.cues and not (
                item.says(*_MAY_BE_TOPIC)
                # nothing has begun that could be dropped
                or (self._routing and item.says("cancel"))
            ):
                meta.update(self._table.stems(layout.words[item.start : item.end]))
            if item.names and filled.intersection(item.names.slots):
                corrected = corrected or (
                    (before is not None and before.says(*_BLAMES))
                    or (behind is not None and behind.says("is_wrong", "wrong"))
                )
            if item.says("changing", "change"):
                corrected = corrected or any(
                    candidate.slot in filled
                    for other in items[n + 1 :]
                    for candidate in other.candidates
                )
        return [word for word in words if word], values, meta, corrected

    def take(self) -> list[tuple[int, Act]]:
        """Return the act, with the index of its first word; its words are used up."""
        match, layout = self._match, self._layout
        if match is None:
            return []
        start, end = min(self._places), max(self._places) + 1
        begin, stop = self._stretch()
        for item in layout.items:
            within = start <= item.start and item.end <= end
            # "I don't feel well" is no no, "why do you need my number" no mere why
            beside = begin < item.end and item.start < stop
            beside = beside and item.says(*_PART_OF_TOPIC)
            if (within or beside) and not item.used:
                item.used = True
        layout.noise[begin:stop] = [False] * (stop - begin)
        text = layout.text(start, end)
        certainty = round(min(1.0, match.score + 0.1), 2)
        if match.topic in self._request.entries:
            return [(start, AskAbout(match.topic.ref, text=text, certainty=certainty))]
        return [(start, Start(match.topic.ref, text=text, certainty=certainty))]

    def _stretch(self) -> tuple[int, int]:
        """Return the words that the side question takes."""
        layout = self._layout
        start = min(self._places)
        begin, _ = layout.breath(start)
        _, stop = layout.breath(max(self._places))
        # "what does a perm cost": the perm is part of the question
        asks = min(
            (
                cue.start
                for cue in layout.marks.get("inquiry", ())
                if begin <= cue.start
            ),
            default=start,
        )
        fixed = max(
            (
                item.end
                for item in layout.items
                if begin <= item.start < min(start, asks)
                and (item.is_value or item.says("yes", "no"))
            ),
            default=begin,
        )
        marks = [
            cue.start
            for name in ("question", "wish")
            for cue in layout.marks.get(name, ())
            if fixed <= cue.start <= start
        ]
        return min(marks, default=fixed), stop

    def stretches(self) -> list[tuple[int, int, float]]:
        """Return the stretches in which a value is not simply an answer.

        The third of each is the score that a value in it must reach.
        """
        layout = self._layout
        found: list[tuple[int, int, float]] = []
        if self._match is not None and not self._routing:
            found.append((*self._stretch(), _OF_TOPIC))
        polite = {
            at
            for cue in layout.marks.get("inquiry", ())
            for at in range(cue.start + 1, cue.end)
        }
        for cue in layout.marks.get("hypothetical", ()):
            if cue.start in polite:
                # "I was wondering if you have a table"
                continue
            found.append((cue.start, layout.breath(cue.start)[1], BESIDE))
        asked = {
            at
            for cue in layout.marks.get("question", ())
            for at in range(cue.start + 1, cue.end)
        }
        for cue in layout.marks.get("elsewhere", ()):
            # "I have a table", but not "can I have a table"
            whole = any(
                one.start <= cue.start and cue.end <= one.end
                for one in layout.marks.get("inquiry", ())
            )
            if cue.start not in asked and not whole:
                found.append((*layout.breath(cue.start), BESIDE))
        for item in layout.items:
            if item.says("recall"):
                found.append((item.start, layout.breath(item.start)[1], BESIDE))
        for cue in layout.marks.get("inquiry", ()):
            found.append((cue.start, cue.end, BESIDE))
            # "what time do you close on friday"; not "do you have a table on friday"
            end = layout.breath(cue.start)[1]
            if not layout.quiet(cue.start, end):
                found.append((cue.start, end, ASKING))
        return found

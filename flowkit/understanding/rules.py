"""Words to acts by rules: deterministic, pure, without a model.

The order of work: find values, names of slots and cues; lay them out over the words;
see whether a side question or another flow is meant; take choices on offer; assign values
to slots; read what is left as talk (yes, wait, a person ...). Nothing here is of any one
language: words are in the language file. What cannot be placed is said to be so, since a
wrong act costs more than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flowkit.dialogue.acts import (
    Ack,
    Act,
    AskAbout,
    Json,
    Nothing,
    OffTopic,
    Resume,
    Set,
    Start,
    Yes,
)
from flowkit.dialogue.flow import Agent, Slot
from flowkit.dialogue.request import Request, Topic, Understanding
from flowkit.languages import Language
from flowkit.types.reading import Utterance, split
from flowkit.understanding import choosing
from flowkit.understanding.assign import ASKS_FOR_VALUE, Assigner
from flowkit.understanding.cues import CueTable
from flowkit.understanding.layout import Layout, lay_out
from flowkit.understanding.names import SlotNames
from flowkit.understanding.talk import Talk
from flowkit.understanding.topics import Match, TopicIndex
from flowkit.understanding.values import ReadFor, ValueReader

_OFFERED = ("later", "earlier", "any_choice", "position", "none")
_SURE = 0.8
_MOST_WORDS = 200
"""What is longer is cut: nobody says more in one turn."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What an agent needs of one language, compiled."""

    language: Language
    table: CueTable
    topics: TopicIndex
    tasks: dict[str, frozenset[str]]
    """For each flow, the stems of what it is about."""
    names: dict[tuple[str, ...], tuple[tuple[Slot, ...], SlotNames]]
    """By the names of the slots that may be filled, with those slots."""


class RulesUnderstander:
    """Reads what callers say with the agent's slot types and language files."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._languages: dict[str, _Words] = {}

    async def understand(self, request: Request) -> Understanding:
        """Return what the caller meant; never waits."""
        return self.read(request)

    def read(self, request: Request) -> Understanding:
        """Return what the caller meant.

        The recogniser's other readings are looked at, best first, when its first makes
        no sense at all.
        """
        words = self._words(request.language)
        first = _Reading(self._agent, words, request).run()
        if _means_something(first):
            return first
        for text in request.alternatives[:4]:
            other = _Reading(self._agent, words, replace(request, text=text)).run()
            if _means_something(other):
                return replace(
                    other,
                    acts=tuple(
                        replace(act, certainty=min(act.certainty, 0.6))
                        for act in other.acts
                    ),
                    certain=False,
                    details={**other.details, "heard": text},
                )
        return first

    def _words(self, code: str) -> _Words:
        found = self._languages.get(code)
        if found is None:
            languages = self._agent.languages
            language = languages.get(code) or next(iter(languages.values()))
            # concrete in flowkit.languages; the flow knows only its protocol
            assert isinstance(language, Language)
            table = CueTable(language)
            found = _Words(
                language,
                table,
                TopicIndex(_topics(self._agent), table),
                _tasks(self._agent, table),
                {},
            )
            self._languages[code] = found
        return found


def _means_something(understanding: Understanding) -> bool:
    return any(
        not isinstance(act, OffTopic)
        and not (isinstance(act, Nothing) and not act.filler)
        for act in understanding.acts
    )


def _topics(agent: Agent) -> Iterable[Topic]:
    for flow in agent.flows.values():
        if flow.about or flow.such_as:
            yield Topic(flow.name, flow.about, flow.such_as)
        for entry in flow.anytime:
            yield Topic(entry.id, entry.about, entry.such_as)


def _tasks(agent: Agent, table: CueTable) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for flow in agent.flows.values():
        texts = (flow.name.replace("_", " "), flow.about, *flow.such_as)
        words = [word.strip(".,;:!?\"'") for text in texts for word in text.split()]
        found[flow.name] = frozenset(table.stems(word.lower() for word in words))
    return found


class _Reading:
    """One reading of one utterance."""

    def __init__(self, agent: Agent, words: _Words, request: Request) -> None:
        self._agent = agent
        self._words = words
        self._table = words.table
        self._request = request
        question = request.question
        self._asked: tuple[str, ...] = ()
        if question is not None and (
            question.kind in ASKS_FOR_VALUE or len(question.slots) == 1
        ):
            self._asked = question.slots

    def run(self) -> Understanding:
        said = split(self._request.text)
        said = Utterance(said.raw, said.words[:_MOST_WORDS])
        if not said.words:
            return Understanding((Nothing(filler=True),))
        words = self._table.normal(word.text for word in said.words)
        cues = self._table.find(words)
        namings = self._names().find(words)
        self._values = ValueReader(self._request, self._words.language, self._asked)
        readings = self._values.read(said, cues, namings)
        layout = lay_out(
            said,
            words,
            cues,
            readings=readings,
            namings=namings,
            asked=self._asked,
            off=self._off(),
            empty=self._table.empty_words,
        )
        self._know_the_task(layout)
        return self._understand(layout, readings)

    # --- what there is --------------------------------------------------------------------

    def _names(self) -> SlotNames:
        slots = tuple(one.slot for one in self._request.slots)
        key = tuple(slot.name for slot in slots)
        known = self._words.names.get(key)
        if known is None or any(
            a is not b for a, b in zip(known[0], slots, strict=True)
        ):
            known = (slots, SlotNames(slots, self._table))
            self._words.names[key] = known
        return known[1]

    def _off(self) -> frozenset[str]:
        question = self._request.question
        if self._request.choices or (question and question.kind in ("which", "keep")):
            return frozenset()
        return frozenset(_OFFERED)

    def _know_the_task(self, layout: Layout) -> None:
        """Words about what is being done anyway ("book", "table") are no noise."""
        names = {one.slot.name for one in self._request.slots}
        known: set[str] = set()
        for flow in self._agent.flows.values():
            if names and names <= flow.slots.keys():
                known |= self._words.tasks[flow.name]
        self._task = known
        self._named_task = False
        for at, word in enumerate(layout.words):
            if word not in self._table.empty_words and self._table.stem(word) in known:
                self._named_task = True
                layout.noise[at] = False

    # --- what it means --------------------------------------------------------------------

    def _understand(
        self,
        layout: Layout,
        readings: list[ReadFor],
    ) -> Understanding:
        request = self._request
        flagged = bool(layout.marks.get("flagged"))
        topic = None if flagged else self._topic(layout)
        for item in layout.items:
            if item.says("person", "all_done", "goodbye"):
                # whoever is wanted there, and at whatever number, is no answer
                self._void(layout, *layout.breath(item.start))
        chosen = choosing.choose(
            request,
            layout,
            readings,
            self._table,
            self._words.language,
            self._values.values_of,
        )
        assigned = Assigner(request, layout, self._sides(layout, topic)).run()
        placed: list[tuple[int, Act]] = [*chosen, *assigned.acts]
        if topic is not None:
            placed.append(self._ask_about(layout, topic))
        talk = Talk(request, layout, readings, [act for _, act in placed])
        placed += talk.run()
        placed.sort(key=lambda entry: entry[0])
        acts = talk.settle([act for _, act in placed])
        if flagged:
            acts = [act for act in acts if not _unsure(act)]
        noise = [at for at, unknown in enumerate(layout.noise) if unknown]
        unplaced = self._unplaced(layout)
        whole = self._values.whole
        if whole is not None and self._takes_whole(acts, unplaced):
            fillable, reading = whole
            text = layout.text(reading.start, reading.end)
            acts, unplaced = [Set(fillable.slot.name, reading.value, text=text)], ()
        certain = not unplaced and not assigned.competing and not flagged
        if not acts:
            acts = [self._nothing(layout, noise)]
            certain = certain and (
                isinstance(acts[0], Resume)
                or acts[0] == Nothing(True, text=acts[0].text)
            )
        details: dict[str, Json] = {"flagged": True} if flagged else {}
        return Understanding(tuple(acts), certain, unplaced, details=details)

    def _void(self, layout: Layout, start: int, end: int) -> None:
        for item in layout.items:
            if item.is_value and start <= item.start < end:
                item.candidates = []

    def _topic(self, layout: Layout) -> Match | None:
        """Return the side question or flow that is meant."""
        request = self._request
        topics = (*request.entries, *request.flows)
        if not topics:
            return None
        left_out = (
            *("yes", "no", "fine", "right", "wrong", "thanks", "goodbye", "ack"),
            *("change_something", "indifferent"),
        )
        words = list(layout.words)
        meta: set[str] = set()
        corrected = False
        filled = {one.slot.name for one in request.slots if one.value is not None}
        for n, item in enumerate(layout.items):
            if item.is_value or item.says(*left_out):
                words[item.start : item.end] = [""] * (item.end - item.start)
            elif item.cues and not item.says("changing", "change", "cancel_own"):
                meta.update(self._table.stems(layout.words[item.start : item.end]))
            elif item.says("changing", "change"):
                rest = layout.items[n + 1 :]
                corrected = corrected or any(
                    (other.names and filled.intersection(other.names.slots))
                    or any(c.slot in filled for c in other.candidates)
                    for other in rest
                )
        match = self._words.topics.best([word for word in words if word], topics)
        if match is None or match.stems <= meta or match.stems <= self._task:
            return None
        if corrected and len(match.stems) < 3:
            return None
        return match

    def _places(self, layout: Layout, topic: Match) -> list[int]:
        return [
            at
            for at, word in enumerate(layout.words)
            if word not in self._table.empty_words
            and self._table.stem(word) in topic.stems
        ]

    def _ask_about(self, layout: Layout, topic: Match) -> tuple[int, Act]:
        places = self._places(layout, topic) or [0]
        start, end = min(places), max(places) + 1
        for item in layout.items:
            if start <= item.start and item.end <= end and not item.used:
                item.used = True
            elif item.says(
                "cancel", "cancel_own", "changing", "change", "help"
            ) and any(item.start <= at < item.end for at in places):
                item.used = True
                end = max(end, item.end)
        begin, stop = self._side(layout, places)
        layout.noise[begin:stop] = [False] * (stop - begin)
        text = layout.text(start, end)
        certainty = round(min(1.0, topic.score + 0.1), 2)
        if topic.topic in self._request.entries:
            return start, AskAbout(topic.topic.ref, text=text, certainty=certainty)
        return start, Start(topic.topic.ref, text=text, certainty=certainty)

    def _side(self, layout: Layout, places: list[int]) -> tuple[int, int]:
        """Return the stretch that a side question takes."""
        start = min(places)
        begin, _ = layout.breath(start)
        _, stop = layout.breath(max(places))
        marks = [
            cue.start
            for name in ("question", "wish")
            for cue in layout.marks.get(name, ())
            if begin <= cue.start <= start
        ]
        fixed = [
            item.end
            for item in layout.items
            if begin <= item.start < start and (item.is_value or item.says("yes", "no"))
        ]
        first = min(
            (at for at in marks if at >= max(fixed, default=begin)), default=None
        )
        if first is None:
            first = max(max(fixed, default=begin), begin)
        return first, stop

    def _sides(self, layout: Layout, topic: Match | None) -> list[tuple[int, int]]:
        """Return the stretches in which a value is not simply an answer."""
        found: list[tuple[int, int]] = []
        if topic is not None and topic.topic not in self._request.flows:
            found.append(self._side(layout, self._places(layout, topic) or [0]))
        for cue in layout.marks.get("hypothetical", ()):
            found.append((cue.start, layout.breath(cue.start)[1]))
        for cue in layout.marks.get("elsewhere", ()):
            found.append(layout.breath(cue.start))
        for cue in layout.marks.get("inquiry", ()):
            # "what time do you close on friday"; not "do you have a table on friday"
            end = layout.breath(cue.start)[1]
            if not layout.quiet(cue.start, end):
                found.append((cue.start, end))
        return found

    def _takes_whole(self, acts: list[Act], unplaced: tuple[str, ...]) -> bool:
        if any(
            not isinstance(act, Ack | Yes | OffTopic | Nothing | Set) for act in acts
        ):
            return bool(len(unplaced) > 2)
        return True

    def _nothing(self, layout: Layout, noise: list[int]) -> Act:
        text = layout.said.raw
        fillers = [False] * len(layout.words)
        for cue in layout.marks.get("filler", ()):
            fillers[cue.start : cue.end] = [True] * (cue.end - cue.start)
        if all(fillers):
            return Nothing(filler=True, text=text)
        count = len(layout.words)
        last = layout.said.words[-1]
        ends_open = layout.said.raw[last.end :].strip() not in (".", "?", "!")
        if ends_open and any(
            cue.end == count for cue in layout.marks.get("dangling", ())
        ):
            return Nothing(filler=True, text=text)
        if not noise and self._named_task:
            # "I'd like to book a table" while that is being done
            return Resume(text=text, certainty=0.5)
        if any(item.says("bot_question") for item in layout.items) or (
            noise and self._is_request(layout)
        ):
            return OffTopic(text=text, certainty=0.6)
        return Nothing(text=text)

    def _is_request(self, layout: Layout) -> bool:
        if layout.said.raw.rstrip().endswith("?"):
            return True
        return any(
            cue.start == 0
            or not any(
                layout.noise[at] for at in range(layout.breath(cue.start)[0], cue.start)
            )
            for name in ("question", "wish")
            for cue in layout.marks.get(name, ())
        )

    def _unplaced(self, layout: Layout) -> tuple[str, ...]:
        left = list(layout.noise)
        for item in layout.items:
            if not item.used and not item.says("repair", "change"):
                left[item.start : item.end] = [True] * (item.end - item.start)
        return tuple(
            layout.said.words[at].text for at, unknown in enumerate(left) if unknown
        )


def _unsure(act: Act) -> bool:
    return isinstance(act, Yes) or (isinstance(act, Set) and act.certainty < _SURE)

"""Words to acts by rules: deterministic, pure, without a model.

The order of work: find values, names of slots and cues; lay them out over the words;
see whether a side question or another flow is meant; take choices on offer; assign values
to slots; read what is left as talk (yes, wait, a person ...). Nothing here is of any one
language: words are in the language file. What cannot be placed is said to be so, since a
wrong act costs more than none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flowkit.dialogue.acts import (
    Ack,
    Act,
    Choose,
    Json,
    Nothing,
    OffTopic,
    Resume,
    Set,
    Start,
    Unclear,
    Wait,
    Yes,
)
from flowkit.dialogue.flow import Agent, Flow, Slot
from flowkit.dialogue.request import Request, Understanding
from flowkit.languages import Language
from flowkit.types.heard import compiled
from flowkit.types.reading import Utterance, split
from flowkit.understanding import choosing
from flowkit.understanding.asides import Asides, topics_of
from flowkit.understanding.assign import Assigner
from flowkit.understanding.bare import bare_name
from flowkit.understanding.cues import Cue, CueTable
from flowkit.understanding.evidence import asked_for
from flowkit.understanding.layout import Item, Layout, lay_out
from flowkit.understanding.names import SlotNames
from flowkit.understanding.routing import Openings, openings
from flowkit.understanding.talk import Talk
from flowkit.understanding.topics import TopicIndex, words_of
from flowkit.understanding.values import ReadFor, ValueReader, figures

_OFFERED = ("later", "earlier", "any_choice", "position", "none")
_MANNERS = ("repair", "change", "greeting", "thanks", "pronoun")
"""Cues that need no act of their own to be accounted for."""
_SURE = 0.8
_MOST_WORDS = 40
"""How many words are read of the beginning, and of the end, of what somebody says."""


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
    plain: Callable[[str], list[str]]
    """Returns the words of a text that are no values."""


class RulesUnderstander:
    """Reads what callers say with the agent's slot types and language files."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._languages: dict[str, _Words] = {}
        # now rather than in the caller's first turn
        self._words(agent.language)

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
            table = compiled(language, CueTable)
            agent = self._agent
            types = [
                slot.type
                for flow in agent.flows.values()
                for slot in flow.slots.values()
            ]

            def plain(text: str) -> list[str]:
                said = split(text.replace("-", " "))
                taken = figures(said, types, language, agent.country)
                return [
                    word
                    for at, word in enumerate(table.normal(w.text for w in said.words))
                    if at not in taken
                ]

            found = _Words(
                language,
                table,
                TopicIndex(topics_of(agent), table, plain),
                _tasks(agent, table),
                {},
                plain,
            )
            self._languages[code] = found
        return found


def _in_short(said: Utterance) -> Utterance:
    """Return the beginning and the end of what goes on and on.

    What is wanted comes first or last; the story in between takes time to read.
    """
    words = said.words
    if len(words) <= 2 * _MOST_WORDS:
        return said
    cut = replace(words[_MOST_WORDS - 1], pause=True)
    return Utterance(said.raw, (*words[: _MOST_WORDS - 1], cut, *words[-_MOST_WORDS:]))


def _means_something(understanding: Understanding) -> bool:
    return any(
        not isinstance(act, OffTopic)
        and not (isinstance(act, Nothing) and not act.filler)
        for act in understanding.acts
    )


def _tasks(agent: Agent, table: CueTable) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for flow in agent.flows.values():
        texts = (flow.name.replace("_", " "), flow.about, *flow.such_as)
        words = [word for text in texts for word in words_of(text)]
        found[flow.name] = frozenset(table.stems(words))
    return found


class _Reading:
    """One reading of one utterance."""

    def __init__(self, agent: Agent, words: _Words, request: Request) -> None:
        self._agent = agent
        self._words = words
        self._table = words.table
        self._request = request
        self._flow: Flow | None = None
        self._task: frozenset[str] = frozenset()
        self._spoken: list[Json] = []
        self._asked = asked_for(request.question)

    def run(self) -> Understanding:
        self._values = ValueReader(self._request, self._words.language, self._asked)
        if self._request.keys:
            return self._typed(self._request.keys)
        said = _in_short(split(self._request.text))
        if not said.words:
            return Understanding((Nothing(filler=True),))
        words = self._table.normal(word.text for word in said.words)
        cues = self._table.find(words)
        self._spoken = self._named_choices(cues)
        namings = self._names().find(words)
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

    def _typed(self, keys: str) -> Understanding:
        """Return what digits on the keypad mean."""
        for slot in self._asked:
            value = self._values.typed(slot, keys)
            if value is not None:
                return Understanding((Set(slot, value, text=keys),))
        count = len(self._request.choices)
        if count and keys.isdecimal() and 1 <= int(keys[:4]) <= count:
            return Understanding((Choose(int(keys) - 1, text=keys),))
        if self._asked:
            slot = self._asked[0]
            return Understanding((Unclear(slot=slot, why="not_valid", text=keys),))
        return Understanding((Nothing(text=keys),))

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
        if self._spoken:
            return frozenset(_OFFERED) - {"position"}
        return frozenset(_OFFERED)

    def _named_choices(self, cues: list[Cue]) -> list[Json]:
        """Return the choices that the question named, if one is picked by its place."""
        question = self._request.question
        if question is None or question.kind != "slot":
            return []
        if not any(cue.name == "position" for cue in cues):
            return []
        named = self._values.choices_in(self._request.asked)
        return named if len(named) > 1 else []

    def _know_the_task(self, layout: Layout) -> None:
        """Words about what is being done anyway ("book", "table") are no noise."""
        self._flow = self._current()
        name = self._flow.name if self._flow is not None else ""
        known = self._words.tasks.get(name, frozenset())
        self._task = known
        self._named_task = False
        for at, word in enumerate(layout.words):
            if known.intersection(self._table.stems([word])):
                self._named_task = True
                layout.noise[at] = False

    def _current(self) -> Flow | None:
        """Return the flow that is being done, if the request gives it away."""
        request = self._request
        entries = [(one.ref, one.about) for one in request.entries]
        fitting = [
            flow
            for flow in self._agent.flows.values()
            if all(flow.slots.get(one.slot.name) is one.slot for one in request.slots)
        ]
        own = [
            flow
            for flow in fitting
            if [(one.id, one.about) for one in flow.anytime] == entries
        ]
        found = own or (fitting if request.slots else [])
        return found[0] if len(found) == 1 else None

    # --- what it means --------------------------------------------------------------------

    def _understand(
        self,
        layout: Layout,
        readings: list[ReadFor],
    ) -> Understanding:
        request = self._request
        flagged = bool(layout.marks.get("flagged"))
        opens = Openings()
        if request.question is not None and request.question.kind == "flow":
            opens = openings(request, self._agent, self._words.language, layout.said)
        asides = Asides(
            request,
            layout,
            self._table,
            self._words.topics,
            plain=self._words.plain,
            flow=self._flow,
            task=self._task,
            choices=opens.choices,
        )
        if any(item.says("to_another") for item in layout.items[:1]) and all(
            map(layout.placed, range(layout.items[0].start))
        ):
            # "honey, is Friday OK": the answer is still to come
            return Understanding((Wait(text=layout.said.raw, certainty=0.7),))
        if not flagged:
            asides.look()
        for item in layout.items:
            begin, end = layout.breath(item.start)
            if item.says("speak_to"):
                self._named_person(layout, item)
            if item.says("person"):
                # whoever is wanted there, and at whatever number, is no answer
                self._void(layout, begin, end)
            elif item.says("all_done", "goodbye"):
                # "see you on Friday"
                self._void(layout, item.end, end)
        chosen = choosing.choose(
            request,
            layout,
            readings,
            self._table,
            self._words.language,
            self._values.values_of,
            self._spoken,
        )
        assigned = Assigner(request, layout, asides.stretches()).run()
        placed: list[tuple[int, Act]] = [*chosen, *assigned.acts]
        placed += asides.take()
        talk = Talk(request, layout, readings, [act for _, act in placed], self._table)
        placed += talk.run()
        placed.sort(key=lambda entry: entry[0])
        acts = talk.settle([act for _, act in placed])
        acts = self._unasked_for(acts)
        if flagged:
            acts = [act for act in acts if not _unsure(act)]
        noise = [at for at, unknown in enumerate(layout.noise) if unknown]
        unplaced = self._unplaced(layout)
        if not acts and not flagged:
            acts = bare_name(request, layout, self._values.values_of)
            unplaced = () if acts else unplaced
        if all(isinstance(act, Yes | Ack | Resume) for act in acts) and not flagged:
            started = opens.flow(alone=len(noise) < 2)
            if started is not None and not self._inquires(layout):
                acts = [Start(started, text=layout.said.raw, certainty=0.7)]
                unplaced = ()
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

    def _named_person(self, layout: Layout, item: Item) -> None:
        """Take "speak to Maria" for the wish for a person, not for a value."""
        _, end = layout.breath(item.start)
        if (
            item.end < end <= item.end + 3
            and layout.words[item.end] not in self._table.empty_words
        ):
            item.cues |= {"person"}
            layout.noise[item.end : end] = [False] * (end - item.end)

    def _unasked_for(self, acts: list[Act]) -> list[Act]:
        """Lower the certainty of an answer to another question than the one asked.

        "How many?" "It's Anna.": it may have been misheard, and is said back in passing.
        """
        question = self._request.question
        sets = [act for act in acts if isinstance(act, Set)]
        if (
            question is None
            or question.kind != "slot"
            or len(sets) != 1
            or sets[0].slot in question.slots
            or any(
                one.value is not None and one.slot.name == sets[0].slot
                for one in self._request.slots
            )
        ):
            return acts
        return [
            replace(act, certainty=min(act.certainty, 0.7)) if act is sets[0] else act
            for act in acts
        ]

    def _void(self, layout: Layout, start: int, end: int) -> None:
        for item in layout.items:
            if item.is_value and start <= item.start < end:
                item.candidates = []

    def _takes_whole(self, acts: list[Act], unplaced: tuple[str, ...]) -> bool:
        """Whether all that was said is the answer to a question for free text."""
        meant = [act for act in acts if not isinstance(act, OffTopic | Nothing)]
        if not meant:
            return True
        # "make it five people" is none, "five people need a lift" is
        plain = all(isinstance(act, Set | Yes | Ack) for act in meant)
        return len(unplaced) > (0 if plain else 2)

    def _nothing(self, layout: Layout, noise: list[int]) -> Act:
        text = layout.said.raw
        if all(layout.fillers):
            return Nothing(filler=True, text=text)
        count = len(layout.words)
        last = layout.said.words[-1]
        ends_open = layout.said.raw[last.end :].strip() not in (".", "?", "!")
        asks = self._asks(layout)
        # "what days is she in" is whole
        if (
            ends_open
            and not asks
            and any(cue.end == count for cue in layout.marks.get("dangling", ()))
        ):
            return Nothing(filler=True, text=text)
        if not noise and self._named_task:
            # "I'd like to book a table" while that is being done
            return Resume(text=text, certainty=0.5)
        if any(item.says("bot_question") for item in layout.items) or (
            asks or (noise and self._is_request(layout))
        ):
            return OffTopic(text=text, certainty=0.6)
        return Nothing(text=text)

    def _asks(self, layout: Layout) -> bool:
        """Whether the words begin with a question, though nothing in it is known."""
        return any(
            all(layout.placed(at) for at in range(cue.start))
            for name in ("inquiry", "question")
            for cue in layout.marks.get(name, ())
            if name == "inquiry" or cue.end == cue.start + 1
        )

    def _inquires(self, layout: Layout) -> bool:
        """Whether the words ask for something to be told rather than done."""
        carried = {
            cue.start
            for name in ("carrier", "wish")
            for cue in layout.marks.get(name, ())
            if cue.end - cue.start > 1
        }
        return any(
            cue.start not in carried and all(map(layout.placed, range(cue.start)))
            for cue in layout.marks.get("inquiry", ())
        )

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
            if not item.used and not item.says(*_MANNERS):
                left[item.start : item.end] = [True] * (item.end - item.start)
        return tuple(
            layout.said.words[at].text for at, unknown in enumerate(left) if unknown
        )


def _unsure(act: Act) -> bool:
    return isinstance(act, Yes) or (isinstance(act, Set) and act.certainty < _SURE)

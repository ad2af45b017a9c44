"""Style for the ear: what reads well and is hard to listen to. Warnings only."""

from __future__ import annotations

import re
from itertools import pairwise

from flowkit.authoring.drafts import Draft, Place, place_of
from flowkit.authoring.texts import Text
from flowkit.dialogue import flow

MOST_WORDS = 30
MOST_OPTIONS = 4
_TAG = re.compile(r"\{%[^%]*+%\}")
_VALUE = re.compile(r"\{\{[^{}]*+\}\}")
_SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…](?!\s|$)[^.!?…]*)*[.!?…]*")
_WRITTEN = re.compile(
    r"https?://\S+|www\.\S+|\*\*|</?[a-zA-Z][^<>]{0,80}>|\be\.g\.|\bi\.e\.|\betc\.|"
    "[\U0001f300-\U0001faff\u2600-\u27bf]"
)
_QUESTION = ("?", "？", "؟", ";")  # noqa: RUF001  # question marks of other scripts


def check_speech(draft: Draft) -> None:
    """Look at every sentence that is spoken."""
    for written in draft.written:
        place = draft.place(written)
        if not isinstance(written, Text) or place is None or place.role == "reason":
            continue
        if place.role == "each":
            continue
        _length(draft, written, place)
        _options(draft, written, place)
        _questions(draft, written, place)
        _written(draft, written, place)
        if place.role == "otherwise":
            _otherwise(draft, written, place)


def _plain(source: str) -> str:
    """Return the words of a sentence; each value counts as one."""
    return _VALUE.sub("X", _TAG.sub(" ", source))


def _length(draft: Draft, text: Text, place: Place) -> None:
    for match in _SENTENCE.finditer(_plain(text.source)):
        count = len(match[0].split())
        if count > MOST_WORDS:
            draft.report(
                "FK901",
                place.scalar.span,
                f"a sentence here has {count} words; callers lose the thread after "
                f"{MOST_WORDS}.",
                "Make two sentences of it.",
            )
            return


def _options(draft: Draft, text: Text, place: Place) -> None:
    joins = draft.shared.conjunctions
    for match in _SENTENCE.finditer(_plain(text.source)):
        parts = [part.split() for part in match[0].split(",")[1:]]
        if not parts or any(len(part) > 6 for part in parts):
            continue
        last = [word.lower() for word in parts[-1]]
        count = len(parts) + any(word in joins for word in last[1:])
        if count > MOST_OPTIONS:
            draft.report(
                "FK902",
                place.scalar.span,
                f"a list of more than {MOST_OPTIONS}: nobody remembers so much on the "
                "phone.",
                "Name the most common ones, or ask in two steps.",
            )
            return


def _questions(draft: Draft, text: Text, place: Place) -> None:
    if "{%" in text.source:
        return  # branches may each have a question of their own
    count = sum(_plain(text.source).count(mark) for mark in _QUESTION[:3])
    if count > 1:
        draft.report(
            "FK903",
            place.scalar.span,
            f"{count} questions at once; callers answer the last one only.",
            "Ask one question, and the other when this one is answered.",
        )


def _written(draft: Draft, text: Text, place: Place) -> None:
    match = _WRITTEN.search(_VALUE.sub(lambda m: " " * len(m[0]), text.source))
    if match:
        draft.report(
            "FK907",
            place_of(place.scalar, text.source, match.start(), match.end()),
            f'"{match[0]}" is for the eye; a voice cannot say it.',
            "Write it the way you would say it.",
        )


def _otherwise(draft: Draft, text: Text, place: Place) -> None:
    source = _TAG.sub(" ", text.source).rstrip().rstrip("\"'”’)")  # noqa: RUF001
    if not source.endswith(_QUESTION):
        draft.report(
            "FK905",
            place.scalar.span,
            "this is spoken instead of the question, but does not ask anything.",
            "End it with the question: what should the caller say now?",
        )


def check_said_once(draft: Draft, made: flow.Flow) -> None:
    """Report a plain ``say`` right behind a tool that may be called again."""

    def look(steps: tuple[flow.Step, ...]) -> None:
        for before, step in pairwise(steps):
            if (
                isinstance(before, flow.Do)
                and not before.commit
                and before.save_as
                and isinstance(step, flow.Say)
                and not any(text.reads for text in step.variants)
                and any(a.value.reads & set(made.slots) for a in before.arguments)
            ):
                part = draft.steps.get(step.id)
                if part is not None:
                    draft.report(
                        "FK906",
                        part.head.span,
                        f"{before.tool} is called again when the caller changes "
                        "something, but this is said only once.",
                        f"Put it inside a when that reads {before.save_as}.",
                    )
        for step in steps:
            for block in flow.blocks_of(step):
                look(block)

    look(made.steps)

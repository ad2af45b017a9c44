"""Questions: what is asked now, and in which words.

A run has at most one open question. It is asked whole the first time, in short form (its
last sentence) when it comes again, and not at all while it has been heard and waits for
its answer. Order of speech: what was taken, the problem, one question (RULES 5.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.blocks import push_block, push_own, rungs_of
from flowkit.dialogue.effects import Segment
from flowkit.dialogue.flow import Named, Slot
from flowkit.dialogue.scope import canonical
from flowkit.dialogue.state import Count, Open, SlotValue
from flowkit.dialogue.turn import Turn, is_question
from flowkit.dialogue.utterance import is_own
from flowkit.dialogue.walk import confirm_versions, slot_is_settled

MOST_CHOICES = 3
"""How many choices are spoken; then "or others"."""
MOST_REFUSALS = 3
"""Refused values of a slot until a person takes over, where no rungs are written."""


def pose(turn: Turn, question: Open, segments: list[Segment]) -> None:
    """Make a question the open one, and speak it."""
    if not segments:  # nothing could be rendered: better a plain question than silence
        segments = turn.shipped("ask.anything", "ask", ref=question.ref)
    depth = len(turn.run.blocks)
    turn.set_run(open=replace(question, asked=True, heard=False, depth=depth))
    turn.out += segments
    turn.asks = True
    turn.note("ask", f"asks {question.key}", segments[-1].line if segments else "")


def is_waiting(turn: Turn, question: Open) -> bool:
    """Whether just this question has been asked, and waits for its answer."""
    opened = turn.run.open
    return (
        opened is not None
        and opened.key == question.key
        and opened.asked
        and (opened.heard or opened.aside)
    )


def _is_again(turn: Turn, question: Open) -> bool:
    return turn.asked == question.key


# --- questions of the engine's own, and problems ---------------------------------------------


def ask_own(turn: Turn) -> bool:
    """Ask what comes before the walk: the engine's own question, or a refused value.

    Returns:
        Whether a question is open now that everything else waits for.
    """
    run = turn.run
    opened = run.open
    if opened is not None and is_own(turn, opened) and len(run.blocks) <= opened.depth:
        if not is_waiting(turn, opened):
            _pose_own(turn, opened)
        return True
    if any(block.kind in ("own", "entry", "if_changed_later") for block in run.blocks):
        return False
    if (
        opened is not None
        and is_waiting(turn, opened)
        and len(run.blocks) <= opened.depth
    ):
        # one problem at a time; and a refusal's question is the open one (rule 12)
        slot = turn.flow.slots.get(opened.ref)
        return slot is not None and turn.slot(slot.name).refused is not None
    if run.blocks and run.blocks[-1].kind == "rung":
        return False
    for slot, life in turn.slots():
        if life.refused is not None and not life.refused.spoken:
            return _ask_refused(turn, slot, life)
    return False


def _pose_own(turn: Turn, opened: Open) -> None:
    match opened.kind:
        case "change":
            words = turn.shipped("change.what", "ask", ref="change")
        case "keep":
            words = _keep_words(turn, opened.ref)
        case "which":
            words = _which_words(turn, opened)
        case "slot":
            words = _question_words(turn, turn.flow.slots[opened.ref], short=True)
        case _:
            name = "resume.go_on" if opened.ref == "resume" else f"sure.{opened.ref}"
            words = turn.shipped(name, "ask", ref=opened.ref)
    pose(turn, opened, words)


def _keep_words(turn: Turn, name: str) -> list[Segment]:
    slot, life = turn.flow.slots[name], turn.slot(name)
    words: list[Segment] = []
    refused = life.refused
    if refused is not None and refused.rule is not None and not refused.spoken:
        first = slot.rules[refused.rule].otherwise[0]
        if isinstance(first, flow.Say):
            words = turn.speak(
                first.variants[turn.variant(first)],
                "problem",
                ref=name,
                extra=_refused_words(slot, life),
            )
        turn.change_slot(name, refused=replace(refused, spoken=True))
    old = Named(life.value, slot.type)
    return words + turn.shipped("change.keep", "ask", ref=name, old=old)


def _which_words(turn: Turn, opened: Open) -> list[Segment]:
    same = len({name for name, _ in opened.candidates}) == 1
    spoken = []
    for name, value in opened.candidates[:MOST_CHOICES]:
        text = turn.spoken_value(name, value)
        if not same:
            text = _text(
                turn, "unclear.as_slot", value=text, slot=name.replace("_", " ")
            )
        spoken.append(text)
    return turn.shipped(
        "unclear.which",
        "ask",
        ref=opened.ref,
        first=", ".join(spoken[:-1]),
        second=spoken[-1],
    )


def _refused_words(slot: Slot, life: SlotValue) -> dict[str, Named]:
    """Return the names of an ``otherwise``: the slot means its refused value (rule 44)."""
    if life.refused is None:
        return {}
    words = {name: Named(value) for name, value in life.refused.words.items()}
    return {**words, slot.name: Named(life.refused.value, slot.type, slot.private)}


def _ask_refused(turn: Turn, slot: Slot, life: SlotValue) -> bool:
    """Tell the caller why a value was not taken; False: a block does it."""
    refused = life.refused
    if refused is None:
        return False
    question = Open("slot", slot.name)
    times = turn.run.counts.get(question.key, Count()).refused
    if times > 1:
        rungs = rungs_of(turn, question.key, "refused")
        if rungs:
            turn.change_slot(slot.name, refused=replace(refused, spoken=True))
            index = min(times - 2, len(rungs) - 1)
            if rungs[index].is_last:
                push_block(turn, "rung", question.key, index=index, detail="refused")
                return False
            words = _say_rung(turn, rungs[index], slot.name)
            if not is_question(words):
                words += _question_words(turn, slot, short=True)
            pose(turn, question, words)
            return True
        if times >= MOST_REFUSALS:
            turn.change_slot(slot.name, refused=replace(refused, spoken=True))
            push_own(turn, "refused", detail=slot.name)
            return False
    if refused.rule is None:
        turn.change_slot(slot.name, refused=replace(refused, spoken=True))
        words = _unclear_words(turn, refused.why, slot.name)
        if not is_question(words):
            words += _question_words(turn, slot, short=True)
        pose(turn, question, words)
        return True
    rule = slot.rules[refused.rule]
    if not rule.is_sentence:
        if life.value is not None:
            kept = Open("keep", slot.name, depth=len(turn.run.blocks))
            turn.set_run(open=kept)
            _pose_own(turn, kept)
            return True
        turn.change_slot(slot.name, refused=replace(refused, spoken=True))
        push_block(
            turn,
            "otherwise",
            slot.name,
            index=refused.rule,
            cause=canonical(refused.value),
        )
        return False
    first = rule.otherwise[0]
    words = []
    if isinstance(first, flow.Say):
        words = turn.speak(
            first.variants[turn.variant(first)],
            "problem",
            ref=slot.name,
            interrupt=slot.ladders.interrupt,
            extra=_refused_words(slot, life),
        )
    turn.change_slot(slot.name, refused=replace(refused, spoken=True))
    if not is_question(words):
        words += _question_words(turn, slot, short=True)
    pose(turn, question, words)
    return True


def _unclear_words(turn: Turn, why: str, ref: str) -> list[Segment]:
    """Say why a value cannot be used as said; an understander's word is not trusted."""
    try:
        return turn.shipped(f"unclear.{why}", "problem", ref=ref)
    except KeyError:
        return turn.shipped("unclear.vague", "problem", ref=ref)


def _say_rung(turn: Turn, rung: flow.Rung, ref: str) -> list[Segment]:
    words: list[Segment] = []
    for step in rung.steps:
        if isinstance(step, flow.Say):
            words += turn.speak(
                step.variants[turn.variant(step)],
                "rung",
                ref=ref,
                interrupt=step.interrupt,
            )
    return words


# --- slots -----------------------------------------------------------------------------------


def ask_slots(turn: Turn, step: flow.Ask) -> bool:
    """Ask for the first slot of a step that is not settled; False: walk anew."""
    name = next(name for name in step.slots if not slot_is_settled(turn, name))
    slot, life = turn.flow.slots[name], turn.slot(name)
    if life.refused is not None and not life.refused.spoken:
        return _ask_refused(turn, slot, life)
    if life.value is not None:
        _ask_read_back(turn, slot, life)
        return True
    suggested = suggestion(turn, slot)
    if suggested is not None and not life.declined and name not in turn.run.reask:
        question = Open("suggest", name)
        if not is_waiting(turn, question):
            pose(turn, question, _suggest_words(turn, slot, suggested))
        return True
    question = Open("slot", name)
    if not is_waiting(turn, question):
        short = _is_again(turn, question)
        pose(turn, question, _question_words(turn, slot, short=short))
    return True


def suggestion(turn: Turn, slot: Slot) -> Json:
    """Return the value that can be suggested for a slot, or None."""
    if slot.suggest is None:
        return None
    try:
        value = slot.suggest.value(turn.scope())
        return None if value is None else slot.type.close(value)
    except (flow.BrokenExpression, ValueError, TypeError) as err:
        turn.report(slot.suggest.source, err, slot.line)
        return None


def _suggest_words(turn: Turn, slot: Slot, value: Json) -> list[Segment]:
    policy = slot.ladders.interrupt
    if slot.ask_suggested is not None:
        return turn.speak(
            slot.ask_suggested,
            "suggest",
            ref=slot.name,
            interrupt=policy,
            extra={"it": Named(value, slot.type, slot.private)},
        )
    if slot.suggest is not None and slot.suggest.source.strip() == "caller.number":
        return turn.shipped(
            "suggest.number", "suggest", ref=slot.name, interrupt=policy
        )
    return turn.shipped(
        "suggest.other",
        "suggest",
        ref=slot.name,
        interrupt=policy,
        it=Named(value, slot.type),
    )


def _question_words(turn: Turn, slot: Slot, *, short: bool) -> list[Segment]:
    sentence, policy = slot.ask, slot.ladders.interrupt
    step = turn.flow.by_id.get(turn.run.reask.get(slot.name, ""))
    if (
        isinstance(step, flow.AskAgain)
        and step.say is not None
        and step.slots[0] == slot.name
    ):
        sentence, policy = step.say, step.interrupt
    if sentence is None:
        return turn.shipped("ask.anything", "ask", ref=slot.name)
    words = turn.speak(sentence, "ask", ref=slot.name, interrupt=policy)
    return words[-1:] if short else words


def _ask_read_back(turn: Turn, slot: Slot, life: SlotValue) -> None:
    question = Open("read_back", slot.name)
    if is_waiting(turn, question):
        return
    words = turn.shipped(
        "read_back.ask",
        "read_back",
        ref=slot.name,
        interrupt=slot.ladders.interrupt,
        value=Named(life.value, slot.type),
    )
    if words:
        words[-1] = replace(
            words[-1], spoke={slot.name: life.rev}, private=slot.private
        )
        words[:-1] = [replace(one, private=slot.private) for one in words[:-1]]
    pose(turn, question, words)


# --- confirm, offer, router --------------------------------------------------------------------


def ask_confirm(turn: Turn, step: flow.Confirm, key: str) -> None:
    """Ask for a yes: whole the first time, then only what changed (RULES 5.6)."""
    question = Open("confirm", key)
    if is_waiting(turn, question):
        return
    versions = confirm_versions(turn, step)
    heard = turn.run.heard.get(key, {})
    unheard = {name for name, now in versions.items() if heard.get(name) != now}
    whole = turn.speak(step.say, "confirm", ref=key, interrupt=step.interrupt)
    if not whole:
        whole = turn.shipped(
            "confirm.short", "confirm", ref=key, interrupt=step.interrupt
        )
    if not unheard and heard:
        words = whole[-1:]
    elif heard.keys() >= versions.keys():
        words = _changed_words(turn, step, key, whole, unheard)
    else:
        first = 0
        while first < len(whole) - 1 and _is_heard(whole[first], heard):
            first += 1
        words = whole[first:]
    spoken = {name for segment in words for name in segment.spoke}
    silent = {name: versions[name] for name in sorted(unheard - spoken)}
    last = words[-1]
    words[-1] = replace(last, spoke={**last.spoke, **silent})
    pose(turn, question, words)


def _is_heard(segment: Segment, heard: Mapping[str, int | str]) -> bool:
    return bool(segment.spoke) and all(
        heard.get(name) == version for name, version in segment.spoke.items()
    )


def _changed_words(
    turn: Turn, step: flow.Confirm, key: str, whole: list[Segment], unheard: set[str]
) -> list[Segment]:
    """Say what changed: slots in short form, sentences of results whole (rule 23)."""
    spoken = {name for segment in whole for name in segment.spoke}
    if spoken and spoken <= unheard:
        return whole
    results = {name for name in unheard & spoken if name not in turn.flow.slots}
    words = [segment for segment in whole if segment.spoke.keys() & results]
    said = {name for segment in words for name in segment.spoke}
    slots = [
        slot.name
        for slot, life in turn.slots()
        if slot.name in (unheard & spoken) - said and life.value is not None
    ]
    if slots:
        again = turn.shipped(
            "confirm.again",
            "confirm",
            ref=key,
            interrupt=step.interrupt,
            changed=[turn.spoken_value(name) for name in slots],
        )
        again[0] = replace(
            again[0], spoke={name: turn.slot(name).rev for name in slots}
        )
        return words + again
    if not is_question(words) and whole[-1] not in words:
        words += (
            whole[-1:]
            if words or is_question(whole)
            else turn.shipped(
                "confirm.short", "confirm", ref=key, interrupt=step.interrupt
            )
        )
    return words


def ask_flow(turn: Turn, step: flow.StartOneOf, key: str) -> None:
    """Ask which flow the caller wants."""
    question = Open("flow", key)
    if not is_waiting(turn, question):
        words = turn.speak(step.say, "ask", ref=key, interrupt=step.interrupt)
        pose(turn, question, words[-1:] if _is_again(turn, question) else words)


def ask_offer(
    turn: Turn, step: flow.Offer, key: str, choices: Sequence[Mapping[str, Json]]
) -> None:
    """Offer what can be chosen."""
    question = Open("offer", key)
    if is_waiting(turn, question):
        return
    spoken = [speak_choice(turn, step, choice) for choice in choices[:MOST_CHOICES]]
    text = join_or(turn, spoken)
    if len(choices) > MOST_CHOICES:
        text = _text(turn, "offer.or_others", first=", ".join(spoken))
    if _is_again(turn, question):
        words = turn.shipped(
            "offer.again", "offer", ref=key, interrupt=step.interrupt, choices=text
        )
    else:
        words = turn.speak(
            step.say,
            "offer",
            ref=key,
            interrupt=step.interrupt,
            extra={"choices": Named(text)},
        )
    pose(turn, question, words)


def speak_choice(turn: Turn, step: flow.Offer, choice: Mapping[str, Json]) -> str:
    """Say one choice: by its ``each`` sentence, else the values that it names."""
    values = {
        name: Named(value, turn.flow.slots[name].type) for name, value in choice.items()
    }
    if step.each is not None:
        it = next(iter(values.values())) if len(values) == 1 else Named(dict(choice))
        return _rendered(turn, step.each, {**values, "it": it})
    spoken = [turn.spoken_value(name, value.data) for name, value in values.items()]
    kinds = [turn.flow.slots[name].type.name for name in values]
    if kinds == ["date", "time"]:
        return _text(turn, "offer.day_and_time", day=spoken[0], time=spoken[1])
    return ", ".join(spoken)


def join_or(turn: Turn, spoken: Sequence[str]) -> str:
    """Join spoken choices: "six pm, seven pm or eight pm"."""
    if len(spoken) == 1:
        return spoken[0]
    return _text(turn, "offer.or", first=", ".join(spoken[:-1]), last=spoken[-1])


def _text(turn: Turn, name: str, **words: str) -> str:
    extra = {key: Named(value) for key, value in words.items()}
    return _rendered(turn, turn.phrase(name), extra)


def _rendered(turn: Turn, sentence: flow.Sentence, extra: dict[str, Named]) -> str:
    """Return a piece of a sentence as text."""
    try:
        return " ".join(one.text for one in sentence.render(turn.scope(extra)))
    except flow.BrokenExpression as err:
        turn.report(sentence.source, err, sentence.line)
        return ""

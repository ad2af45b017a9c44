"""From what the caller meant to what becomes of it.

The acts of one utterance are taken in a fixed order, whatever their order in speech: a
person; then all values as one transaction; then yes or no, if nothing that the question
speaks was changed; then wait, repeat, why, side questions; last start, cancel, restart
(SEMANTICS 50). Acts are judged by what had been heard when the caller spoke (14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from flowkit.dialogue import acts, flow
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.asking import suggestion
from flowkit.dialogue.blocks import push_block, push_own
from flowkit.dialogue.filling import SURE, Filled, Value, fill, refuse
from flowkit.dialogue.ladders import climb
from flowkit.dialogue.runs import end_run, new_run, start_flow
from flowkit.dialogue.scope import canonical
from flowkit.dialogue.speaking import flush
from flowkit.dialogue.state import Open
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.walk import choices_of, confirm_versions

MOST_STALLED = 8
"""Caller turns in a row without progress until a person takes over (SEMANTICS 20)."""


@dataclass(slots=True)
class _Answer:
    """One utterance while it is being dealt with."""

    acts: Sequence[Act]
    answers: bool
    """The open question had been heard to its end when the caller spoke."""
    opened: Open | None
    filled: Filled = field(default_factory=Filled)
    progress: bool = False
    understood: bool = False
    """Something in it had a meaning here: no rung."""
    aside: bool = False
    """It was a side question: not counted as a turn without progress."""

    def has(self, *kinds: type) -> bool:
        return any(isinstance(act, kinds) for act in self.acts)


def answer(turn: Turn, said: Sequence[Act], *, answers: bool, never: bool) -> None:
    """Deal with an utterance that was understood.

    Args:
        turn: The step's workspace.
        said: What it meant.
        answers: Whether the open question had been heard to its end by then.
        never: Whether it was spoken under a prompt that must be heard: a yes, no or
            choice then answers nothing that had not been asked.
    """
    if never and not answers:
        kept = [
            act for act in said if not isinstance(act, (acts.Yes, acts.No, acts.Choose))
        ]
        if len(kept) < len(said):
            turn.note("never", "said before the question was asked: not an answer")
        said = kept
    if turn.state.ending:
        _answer_at_the_end(turn, said)
        return
    opened = turn.run.open
    if is_filler(said):
        turn.note("filler", "nothing was said yet")
        return
    if opened is not None and opened.asked and opened.heard:
        turn.asked = opened.key
    now = _Answer(said, answers, opened)
    turn.set(patient=False, repeats=turn.state.repeats if now.has(acts.Repeat) else 0)
    if now.has(acts.Person):
        now.understood = now.progress = True
        push_own(turn, "person")
    if not _hold_for_commit(turn, now):
        _take_values(turn, now)
        _take_yes_or_no(turn, now)
    _take_requests(turn, now)
    _take_tasks(turn, now)
    _conclude(turn, now)


def is_filler(said: Sequence[Act]) -> bool:
    """Whether nothing was said that counts: acknowledgements, "uh", "um"."""
    return all(
        isinstance(act, acts.Ack) or (isinstance(act, acts.Nothing) and act.filler)
        for act in said
    )


# --- values ----------------------------------------------------------------------------------


def _hold_for_commit(turn: Turn, now: _Answer) -> bool:
    """Collect changes of mind while a commit runs (SEMANTICS 18)."""
    running = any(
        call.commit and not call.overdue for call in turn.state.calls.values()
    )
    if not running:
        return False
    collected = [
        act
        for act in now.acts
        if isinstance(
            act,
            (
                acts.No,
                acts.Cancel,
                acts.Restart,
                acts.Unset,
                acts.Not,
                acts.Set,
                acts.Back,
            ),
        )
        and not _says_the_same(turn, act)
    ]
    if collected:
        turn.set(late=(*turn.state.late, *collected))
        turn.note("late", "a change while something is being done: kept until then")
        turn.out += turn.shipped("busy.committing", "answer")
        now.understood = now.aside = True
        now.acts = [act for act in now.acts if act not in collected]
    if now.has(acts.Yes):
        now.understood = now.aside = True
    return True


def _says_the_same(turn: Turn, act: Act) -> bool:
    return (
        isinstance(act, acts.Set)
        and act.slot in turn.flow.slots
        and turn.slot(act.slot).value == act.value
    )


def _take_values(turn: Turn, now: _Answer) -> None:
    values, emptied, late = _values(turn, now)
    if late:
        turn.set(late=(*turn.state.late, *late))
        turn.note("late", "a change of what has already been done")
        now.understood = now.progress = True
    if not values and not emptied:
        return
    now.understood = True
    before = {name for name, life in turn.run.slots.items() if life.refused}
    filled = fill(turn, values, emptied)
    now.filled = filled
    if filled.changed or (filled.same & before):
        now.progress = True
    if filled.broken and not filled.changed:
        now.understood = False


def _values(turn: Turn, now: _Answer) -> tuple[dict[str, Value], list[str], list[Act]]:
    """Return what is to be filled, what to be emptied, and what comes too late."""
    values: dict[str, Value] = {}
    emptied: list[str] = []
    late: list[Act] = []
    locked = turn.run.locked

    def put(act: Act, name: str, value: Value) -> None:
        if name not in turn.flow.slots:
            return
        if name in locked:
            if value.data != turn.slot(name).value:
                late.append(act)
            return
        values[name] = value

    for act in now.acts:
        match act:
            case acts.Set():
                sure = act.certainty >= SURE and not act.computed
                put(act, act.slot, Value(act.value, act.text, sure))
            case acts.Choose():
                for name, value in _chosen(turn, now, act).items():
                    put(act, name, Value(value, act.text))
            case acts.Same():
                name, value = _same(turn, now, act)
                if name:
                    put(act, name, Value(value, act.text, sure=False))
            case acts.Unset() | acts.Not():
                if act.slot not in turn.flow.slots:
                    continue
                held = turn.slot(act.slot)
                if isinstance(act, acts.Not) and held.value != act.value:
                    now.understood = True
                elif act.slot in locked:
                    late.append(act)
                elif held.value is not None or held.skipped:
                    emptied.append(act.slot)
                    if held.value is None:
                        turn.change_slot(act.slot, skipped=False)
                        now.understood = now.progress = True
            case acts.Unclear():
                _take_unclear(turn, now, act)
            case acts.Yes() | acts.No():
                _take_answer_as_value(turn, now, act, put)
            case _:
                pass
    return values, emptied, late


def _take_answer_as_value(
    turn: Turn, now: _Answer, act: Act, put: Callable[[Act, str, Value], None]
) -> None:
    """Read yes and no as values where they are: a yes_no slot, a suggestion."""
    opened = now.opened
    if opened is None or not opened.asked or opened.aside or not now.answers:
        return
    slot = turn.flow.slots.get(opened.ref)
    yes = isinstance(act, acts.Yes)
    if slot is None:
        return
    if opened.kind == "slot" and slot.type.name == "yes_no":
        if not now.has(acts.Set):
            put(act, slot.name, Value(yes, act.text))
    elif opened.kind == "suggest" and yes and not now.has(acts.Set):
        put(act, slot.name, Value(suggestion(turn, slot), act.text))


def _chosen(turn: Turn, now: _Answer, act: acts.Choose) -> dict[str, Json]:
    """Return the slot values behind "the second one"."""
    opened = now.opened
    if opened is None or not opened.asked:
        return {}
    if opened.kind == "which" and 0 <= act.n < len(opened.candidates):
        name, value = opened.candidates[act.n]
        return {name: value}
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if opened.kind == "offer" and isinstance(step, flow.Offer):
        choices = choices_of(turn, step)
        if 0 <= act.n < len(choices):
            return dict(choices[act.n])
    return {}


def _same(turn: Turn, now: _Answer, act: acts.Same) -> tuple[str, Json]:
    """Return the slot and value of "the same as ...", or an empty name."""
    if act.ref == "caller.number":
        number = turn.state.facts.number
        asked = now.opened.ref if now.opened is not None else ""
        for slot in turn.flow.slots.values():
            if act.slot in (None, slot.name) and (
                slot.name in (act.slot, asked)
                or (slot.suggest is not None and "caller.number" in slot.suggest.source)
            ):
                try:
                    return slot.name, slot.type.close(number)
                except (ValueError, TypeError):
                    continue
        return "", None
    latest = sorted(
        (life for life in turn.slots() if life[1].history),
        key=lambda one: one[1].rev,
        reverse=True,
    )
    for slot, life in latest:
        if act.slot in (None, slot.name):
            return slot.name, life.history[-1]
    return "", None


def _take_unclear(turn: Turn, now: _Answer, act: acts.Unclear) -> None:
    """Ask which of several readings was meant; never guess."""
    candidates = tuple(
        (one.slot, one.value)
        for one in act.candidates
        if one.slot in turn.flow.slots and one.slot not in turn.run.locked
    )
    now.understood = True
    if len(candidates) > 1:
        turn.set_run(
            open=Open(
                "which",
                candidates[0][0],
                candidates=candidates[:3],
                depth=len(turn.run.blocks),
            )
        )
        turn.note("unclear", f"{len(candidates)} readings: asked which")
    elif candidates:
        refuse(turn, candidates[0][0], "vague", act.text)
    elif act.slot in turn.flow.slots and act.slot is not None:
        why = act.why or "vague"
        begun = ""
        if why == "too_short":
            begun = f"{turn.slot(act.slot).begun} {act.text}".strip()
        refuse(turn, act.slot, why, act.text, begun)
    else:
        now.understood = False


# --- yes and no ------------------------------------------------------------------------------


def _take_yes_or_no(turn: Turn, now: _Answer) -> None:
    opened = now.opened
    if opened is None or not opened.asked:
        return
    if now.filled.changed or now.filled.refused:
        _close_after_values(turn, now, opened)
        return
    if opened.kind == "keep" and now.has(acts.Choose, acts.Resume):
        chosen = next((a for a in now.acts if isinstance(a, acts.Choose)), None)
        now.understood = now.progress = True
        _keep_or_go_on(turn, opened, go_on=chosen is not None and chosen.n == 1)
        return
    yes, no = now.has(acts.Yes), now.has(acts.No)
    if opened.kind == "read_back" and opened.ref in now.filled.same and not no:
        yes = True  # said again: that is a yes to just this value
    if now.filled.same:
        own = opened.kind in ("which", "keep", "change")
        turn.set_run(open=None if own else _unasked(turn, opened))
    if not yes and not no:
        return
    if opened.aside:
        turn.note("go_on", "an answer to what was said in between: the question again")
        turn.set_run(open=None)
        now.understood = True
        return
    if yes and not now.answers:
        turn.note("unheard", "a yes to a question that had not been heard: not taken")
        turn.set_run(open=_unasked(turn, opened))
        now.understood = True
        return
    _answer_question(turn, now, opened, yes=yes and not no)


def _unasked(turn: Turn, opened: Open) -> Open | None:
    """Return the open question so that it is asked again.

    The engine's own stay open; others are found by the walk.
    """
    if opened.kind in ("change", "keep", "which", "sure"):
        return replace(opened, asked=False, heard=False, aside=False)
    return None


def _close_after_values(turn: Turn, now: _Answer, opened: Open) -> None:
    """A value closes the open question, whatever yes or no came with it."""
    current = turn.run.open
    if current is not None and current.key == opened.key and current.asked:
        turn.set_run(open=None)


def _answer_question(turn: Turn, now: _Answer, opened: Open, *, yes: bool) -> None:
    name = opened.ref
    now.understood = True
    match opened.kind:
        case "read_back":
            if yes:
                turn.change_slot(name, read_rev=turn.slot(name).rev)
                turn.note("confirmed", f"{name} was read back: yes")
                now.progress = True
            elif not now.has(acts.Set, acts.Unset):
                fill(turn, {}, [name])
        case "suggest":
            if not yes:
                turn.change_slot(name, declined=True)
        case "confirm":
            _answer_confirm(turn, now, opened, yes=yes)
            return
        case "offer":
            _answer_offer(turn, now, opened, yes=yes)
        case "change":
            turn.note("change", "nothing to change: the confirm again")
        case "keep":
            _keep_or_go_on(turn, opened, go_on=False)
            now.progress = True
        case "which":
            pass
        case "sure":
            _answer_sure(turn, now, opened, yes=yes)
            return
        case _:
            _answer_plain(turn, now, opened, yes=yes)
            return
    turn.set_run(open=None)


def _answer_plain(turn: Turn, now: _Answer, opened: Open, *, yes: bool) -> None:
    """Deal with yes or no to a question that asks for a value."""
    slot = turn.flow.slots.get(opened.ref)
    if slot is None:
        now.understood = False
        return
    life = turn.slot(slot.name)
    if life.refused is not None and life.value is not None:
        turn.change_slot(slot.name, refused=None)
        turn.set_run(open=None)
        turn.note("keep", f"{slot.name} stays as it was")
        now.progress = True
    elif slot.optional and not yes:
        _skip(turn, now, slot)
    else:
        now.understood = False


def _skip(turn: Turn, now: _Answer, slot: flow.Slot) -> None:
    turn.change_slot(slot.name, skipped=True, refused=None, begun="")
    turn.set_run(open=None)
    turn.note("skip", f"{slot.name} is left empty", slot.line)
    now.understood = now.progress = True


def _answer_confirm(turn: Turn, now: _Answer, opened: Open, *, yes: bool) -> None:
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if not isinstance(step, flow.Confirm):
        return
    if not yes:
        if not now.has(acts.Unset):
            turn.set_run(open=Open("change", opened.ref, depth=len(turn.run.blocks)))
        return
    versions = confirm_versions(turn, step)
    heard = turn.run.heard.get(opened.ref, {})
    turn.set_run(open=None)
    if any(heard.get(name) != version for name, version in versions.items()):
        turn.note(
            "unheard", "a yes, but not all had been heard: asked again", step.line
        )
        return
    turn.set_run(
        confirmed={**turn.run.confirmed, opened.ref: versions},
        counts={k: v for k, v in turn.run.counts.items() if k != opened.key},
    )
    turn.note("confirmed", "yes to what was heard", step.line)
    now.progress = True


def _answer_offer(turn: Turn, now: _Answer, opened: Open, *, yes: bool) -> None:
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if not isinstance(step, flow.Offer):
        return
    choices = choices_of(turn, step)
    if yes:
        if len(choices) == 1:
            now.filled = fill(
                turn, {name: Value(value) for name, value in choices[0].items()}
            )
            now.progress = True
        return
    offered = turn.run.offers.get(opened.ref)
    if offered is not None:
        turn.set_run(
            offers={**turn.run.offers, opened.ref: replace(offered, none=True)}
        )
        now.progress = True


def _keep_or_go_on(turn: Turn, opened: Open, *, go_on: bool) -> None:
    """Keep the old value of a slot, or follow the rule's steps (SEMANTICS 0)."""
    slot, life = turn.flow.slots[opened.ref], turn.slot(opened.ref)
    refused = life.refused
    turn.set_run(open=None)
    if refused is None:
        return
    if go_on and refused.rule is not None:
        fill(turn, {}, [slot.name])
        turn.change_slot(slot.name, refused=replace(refused, spoken=True))
        cause = canonical(refused.value)
        push_block(turn, "otherwise", slot.name, index=refused.rule, cause=cause)
    else:
        turn.change_slot(slot.name, refused=None)
        turn.note("keep", f"{slot.name} stays as it was")


def _answer_sure(turn: Turn, now: _Answer, opened: Open, *, yes: bool) -> None:
    turn.set_run(open=None)
    match opened.ref, yes:
        case "restart", True:
            _restart(turn)
            now.progress = True
        case "cancel", True:
            _cancel(turn)
            now.progress = True
        case "resume", False:
            end_run(turn, "cancelled")
            now.progress = True
        case "resume", True:
            now.progress = True
        case _:
            turn.out += turn.shipped("sure.on", "answer")


# --- requests --------------------------------------------------------------------------------


def _take_requests(turn: Turn, now: _Answer) -> None:
    """Wait, repeat, why, help, side questions, courtesies."""
    for act in now.acts:
        match act:
            case acts.Wait():
                turn.set(patient=True)
                _reply(turn, now, "wait.take_your_time")
            case acts.Repeat():
                _repeat(turn, now, act)
            case acts.Why():
                _reply(turn, now, _why(turn))
                _ask_open_again(turn)
            case acts.Help():
                _reply(turn, now, "help.answer")
                _ask_open_again(turn)
            case acts.OffTopic():
                now.understood = True
                turn.out += turn.shipped("off_topic.sorry", "answer")
                _ask_open_again(turn)
            case acts.AskAbout():
                _side_question(turn, now, act)
            case acts.Thanks():
                if len(now.acts) == 1:
                    _reply(turn, now, "thanks.welcome")
                    _ask_open_again(turn)
                now.understood = True
            case acts.Resume():
                now.understood = now.aside = True
                life = _refused_open(turn, now)
                if life:
                    turn.change_slot(life, refused=None)
                    now.progress = True
                _ask_open_again(turn)
            case acts.Back():
                _back(turn, now)
            case acts.Refuse():
                _refuse_to_say(turn, now)
            case _:
                pass


def _reply(turn: Turn, now: _Answer, phrase: str) -> None:
    now.understood = now.aside = True
    turn.out += turn.shipped(phrase, "answer")


def _ask_open_again(turn: Turn) -> None:
    """Have the open question asked again, in short form."""
    opened = turn.run.open
    if opened is not None and opened.asked:
        turn.set_run(open=_unasked(turn, opened))


def _refused_open(turn: Turn, now: _Answer) -> str:
    """Return the slot whose refusal is the open question while it has an old value."""
    opened = now.opened
    if opened is None or opened.ref not in turn.flow.slots:
        return ""
    life = turn.slot(opened.ref)
    return opened.ref if life.refused is not None and life.value is not None else ""


def _why(turn: Turn) -> str:
    opened = turn.run.open
    slot = turn.flow.slots.get(opened.ref) if opened is not None else None
    if slot is None:
        return "why.none"
    return "why.optional" if slot.optional else "why.reason"


def _repeat(turn: Turn, now: _Answer, act: acts.Repeat) -> None:
    """Say it again: the same words; the second time only the question, slowly."""
    now.understood = now.aside = True
    if act.how == "summary":
        values = [
            turn.spoken_value(slot.name)
            for slot, life in turn.slots()
            if life.value is not None and not slot.private
        ]
        name = "summary.have" if values else "summary.nothing"
        turn.out += turn.shipped(name, "answer", values=values)
        _ask_open_again(turn)
        return
    turn.set(repeats=turn.state.repeats + 1)
    last = turn.state.last
    if not last:
        turn.out += turn.shipped("repeat.nothing", "answer")
        return
    slower = act.how == "slower" or turn.state.repeats > 1
    turn.out += turn.shipped("repeat.slower", "answer") if slower else []
    turn.out += last[-1:] if slower else last
    opened = turn.run.open
    if opened is not None and opened.asked:
        turn.set_run(open=replace(opened, heard=False))
        turn.asks = True
    flush(turn)
    turn.set(last=last)


def _side_question(turn: Turn, now: _Answer, act: acts.AskAbout) -> None:
    entry = next((one for one in turn.flow.anytime if one.id == act.entry), None)
    if entry is None:
        return
    now.understood = now.aside = True
    turn.note("side_question", entry.about, entry.line)
    if entry.flow is not None:
        _want(turn, now, entry.flow)
        return
    if entry.steps:
        _ask_open_again(turn)
        push_block(turn, "entry", entry.id)


def _back(turn: Turn, now: _Answer) -> None:
    """Go back to the question before: empty the slot that was filled last."""
    now.understood = True
    trail = [name for name in turn.run.trail if name not in turn.run.locked]
    if turn.run.locked and not trail:
        turn.set(late=(*turn.state.late, acts.Back()))
        return
    if not trail:
        turn.out += turn.shipped("back.first", "answer")
        _ask_open_again(turn)
        return
    fill(turn, {}, [trail[-1]])
    turn.change_slot(trail[-1], skipped=False)
    turn.set_run(open=None)


def _refuse_to_say(turn: Turn, now: _Answer) -> None:
    """The caller would rather not: skip, or explain once, then a person (FKB-49)."""
    opened = now.opened
    slot = turn.flow.slots.get(opened.ref) if opened is not None else None
    if slot is None:
        return
    now.understood = True
    if slot.optional:
        _skip(turn, now, slot)
    elif slot.name in turn.run.explained:
        push_own(turn, "not_given", detail=slot.name)
    else:
        turn.set_run(explained=turn.run.explained | {slot.name})
        turn.out += turn.shipped("why.reason", "answer")
        _ask_open_again(turn)


# --- tasks -----------------------------------------------------------------------------------


def _take_tasks(turn: Turn, now: _Answer) -> None:
    """Start, cancel, restart, goodbye: what changes the task itself comes last."""
    for act in now.acts:
        match act:
            case acts.Start():
                _start(turn, now, act.flow)
            case acts.Cancel() | acts.Goodbye():
                now.understood = now.progress = True
                if turn.run.locked:
                    turn.set(late=(*turn.state.late, act))
                elif isinstance(act, acts.Cancel) and act.certainty < SURE:
                    turn.set_run(
                        open=Open("sure", "cancel", depth=len(turn.run.blocks))
                    )
                else:
                    _cancel(turn, goodbye=isinstance(act, acts.Goodbye))
                return
            case acts.Restart():
                now.understood = now.progress = True
                known = sum(life.value is not None for _, life in turn.slots())
                if turn.run.locked:
                    turn.set(late=(*turn.state.late, act))
                elif known >= 2:
                    turn.set_run(
                        open=Open("sure", "restart", depth=len(turn.run.blocks))
                    )
                else:
                    _restart(turn)
                return
            case _:
                pass


def _start(turn: Turn, now: _Answer, name: str) -> None:
    if name not in turn.agent.flows:
        return
    now.understood = True
    opened = now.opened
    if opened is not None and opened.kind == "flow":
        step = turn.flow.by_id.get(opened.ref.split(":")[-1])
        if isinstance(step, flow.StartOneOf) and name in step.flows:
            now.progress = True
            start_flow(turn, name, how="router", by=opened.ref)
            return
    if name == turn.run.flow:
        _ask_open_again(turn)
        return
    now.progress = True
    _want(turn, now, name)


def _want(turn: Turn, now: _Answer, name: str) -> None:
    """Start a flow that the caller asked for, when nothing stands against it."""
    if name == turn.run.flow:
        _ask_open_again(turn)
        return
    waiting = any(run.flow == name for run in turn.below)
    if not waiting and any(run.how == "aside" for run in (*turn.below, turn.run)):
        turn.out += turn.shipped("one_thing", "answer")
        _ask_open_again(turn)
        return
    turn.set_run(open=None)
    turn.set(wanted=name)


def _cancel(turn: Turn, *, goodbye: bool = False) -> None:
    turn.note("cancel", f"the caller drops {turn.run.flow}")
    turn.out += turn.shipped("goodbye" if goodbye else "cancel.done", "answer")
    if goodbye:
        while turn.below:
            turn.pop()
    turn.set_run(blocks=(), open=None, slots={})
    end_run(turn, "cancelled")
    if goodbye:
        turn.set(parting=True, reason="goodbye")


def _restart(turn: Turn) -> None:
    turn.note("restart", f"{turn.run.flow} starts again")
    old = turn.run
    shared = {
        name: replace(life, value=None, rev=turn.next(), skipped=False, refused=None)
        for name, life in turn.state.shared.items()
    }
    turn.set(shared=shared)
    turn.enter(new_run(turn, old.flow, how=old.how, by=old.by))
    opening = set()  # what was said before the first question is not said again
    for step in turn.flow.steps:
        if not isinstance(step, flow.Say):
            break
        opening.add(step.id)
    turn.set_run(said={k: v for k, v in old.said.items() if k in opening})
    turn.out += turn.shipped("restart.done", "answer")


# --- in the end ------------------------------------------------------------------------------


def _conclude(turn: Turn, now: _Answer) -> None:
    """Count what came of the turn; climb a ladder when nothing did."""
    if now.progress:
        turn.set(stall=0)
    elif not now.aside:
        turn.set(stall=turn.state.stall + 1)
        if turn.state.stall >= MOST_STALLED:
            turn.note("no_progress", f"{MOST_STALLED} turns without progress")
            push_own(turn, "no_progress")
            return
    if not now.understood and (turn.run.open is not None or not turn.state.calls):
        climb(turn, "unclear")


def _answer_at_the_end(turn: Turn, said: Sequence[Act]) -> None:
    """Deal with what is said after the last words (FORMAT 5.13)."""
    late = [
        act
        for act in said
        if isinstance(act, (acts.Set, acts.Unset, acts.Not, acts.Cancel, acts.Restart))
        and not _says_the_same(turn, act)
    ]
    started = next((act for act in said if isinstance(act, acts.Start)), None)
    asked = next((act for act in said if isinstance(act, acts.AskAbout)), None)
    if any(isinstance(act, acts.Person) for act in said):
        _reopen(turn)
        push_own(turn, "person")
    elif late and turn.run.locked:
        _reopen(turn)
        turn.set(late=tuple(late))
    elif started is not None or (late and turn.state.outcome == "cancelled"):
        name = started.flow if started is not None else turn.run.flow
        _reopen(turn)
        turn.enter(new_run(turn, name))
        answer(
            turn,
            [act for act in said if act is not started],
            answers=False,
            never=False,
        )
    elif asked is not None:
        _answer_entry_at_the_end(turn, asked)
    elif any(isinstance(act, acts.Repeat) for act in said):
        turn.out += turn.state.last
    elif not is_filler(said):
        turn.out += turn.shipped("grace.anything", "answer")
        turn.set(parting=True)


def _answer_entry_at_the_end(turn: Turn, act: acts.AskAbout) -> None:
    entry = next((one for one in turn.flow.anytime if one.id == act.entry), None)
    if entry is None:
        return
    if entry.flow is not None:
        _reopen(turn)
        turn.enter(new_run(turn, entry.flow))
        return
    for step in entry.steps:
        if isinstance(step, flow.Say):
            turn.out += turn.speak(step.variants[0], "answer", interrupt=step.interrupt)


def _reopen(turn: Turn) -> None:
    """The call goes on after all."""
    turn.cancel_timers("grace")
    turn.set(ending=False, parting=False, outcome=None, reason=None)
    turn.set_run(done=False)

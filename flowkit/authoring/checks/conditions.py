"""What conditions compare: things of one kind, words that exist, and not nothing."""

from __future__ import annotations

import difflib

from flowkit.authoring.drafts import Draft, Written, place_of
from flowkit.authoring.names import Means
from flowkit.authoring.texts import Comparison, Condition, Constant, Operand, Use
from flowkit.authoring.values import WEEKDAYS, Value, opened
from flowkit.diagnostics import Fix, Span
from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json

_KINDS = {
    "number": "number",
    "date": "date",
    "time": "time",
    "duration": "length of time",
    "yes_no": "yes or no",
}
_TEXTS = ("text", "name", "phone", "email", "digits", "code", "choice")
_PART_KINDS = dict.fromkeys(
    ("day", "month", "year", "hour", "minute", "minutes", "hours", "days", "amount"),
    "number",
)


def check_comparisons(draft: Draft, made: flow.Flow | None) -> None:
    """Report comparisons that can never be right."""
    for written in draft.written:
        for comparison in written.facts.comparisons:
            _one(draft, made, written, comparison)
        if isinstance(written, Condition):
            _constant(draft, written)


def _constant(draft: Draft, condition: Condition) -> None:
    place = draft.place(condition)
    if place is None or condition.reads or not condition.source:
        return
    if any(d.span.line == place.scalar.span.line for d in draft.diagnostics):
        return
    draft.report(
        "FK410",
        place.scalar.span,
        "this condition is always the same: it reads no slot, result or value.",
        'Texts stand in "quotes", names do not.'
        if any(q in condition.source for q in "\"'")
        else "Compare a slot or a result with something.",
    )


def _one(
    draft: Draft, made: flow.Flow | None, written: Written, comparison: Comparison
) -> None:
    for use, other in (
        (comparison.left, comparison.right),
        (comparison.right, comparison.left),
    ):
        if not isinstance(use, Use):
            continue
        if use.parts and use.parts[-1] == "weekday":
            _weekday(draft, written, use, other)
            return
        if _choice(draft, made, written, use, other):
            return
    _kinds(draft, written, comparison)


def _span(draft: Draft, written: Written, start: int, end: int) -> Span | None:
    place = draft.place(written)
    if place is None:
        return None
    return place_of(place.scalar, written.source, start, end)


def _constants(other: Operand) -> tuple[Constant, ...]:
    if isinstance(other, Constant):
        return (other,)
    return other if isinstance(other, tuple) else ()


def _constant_span(draft: Draft, written: Written, constant: Constant) -> Span | None:
    text = str(constant.value)
    start = written.source.find(text, constant.start)
    start = constant.start if start < 0 else start
    return _span(draft, written, start, start + max(len(text), 1))


# --- days of the week --------------------------------------------------------------------


def _weekday(draft: Draft, written: Written, use: Use, other: Operand) -> None:
    for constant in _constants(other):
        if constant.value in WEEKDAYS or constant.value is None:
            continue
        span = _constant_span(draft, written, constant)
        if span is None:
            continue
        meant = _weekday_meant(constant.value)
        fix = Fix(span, meant) if meant and isinstance(constant.value, str) else None
        draft.report(
            "FK405",
            span,
            f'a weekday is never "{constant.value}": it is the English name.',
            f'Did you mean "{meant}"?' if meant else f"One of: {', '.join(WEEKDAYS)}.",
            fix,
        )
    if isinstance(other, Use) and not other.parts:
        meaning = draft.names.get(other.name)
        if meaning is None or meaning.means is not Means.VALUE:
            return
        value = draft.shared.values.get(other.name)
        listed = value if isinstance(value, (list, tuple)) else [value]
        for item in listed:
            if item in WEEKDAYS:
                continue
            span = _span(draft, written, other.start, other.end)
            meant = _weekday_meant(item)
            if span is not None:
                draft.report(
                    "FK405",
                    span,
                    f'"{other.name}" has "{item}" in it, and a weekday is never that: '
                    "it is the English name.",
                    f'Did you mean "{meant}"?'
                    if meant
                    else f"One of: {', '.join(WEEKDAYS)}.",
                )
                return
    del use


def _weekday_meant(value: Json) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    close = difflib.get_close_matches(str(value).title(), WEEKDAYS, 1, 0.6)
    return close[0] if close else None


# --- choices -----------------------------------------------------------------------------


def _choice(
    draft: Draft, made: flow.Flow | None, written: Written, use: Use, other: Operand
) -> bool:
    """Report a word that the slot's choices do not have; True for a choice slot."""
    meaning = draft.names.get(use.name)
    if meaning is None or meaning.type is None or meaning.type.name != "choice":
        return False
    part = draft.slot_parts.get(use.name)
    if part is None or use.parts not in ((), ("value",)):
        return True
    words = [pair.name.text for pair in part.pairs("choices")]
    if not words:
        return True
    for constant in _constants(other):
        if constant.value in words or constant.value is None:
            continue
        span = _constant_span(draft, written, constant)
        if span is None:
            continue
        close = difflib.get_close_matches(str(constant.value).lower(), words, 1, 0.6)
        draft.report(
            "FK315",
            span,
            f'"{constant.value}" is not among the choices of "{use.name}".',
            f'Did you mean "{close[0]}"?'
            if close
            else f"There are: {', '.join(words)}.",
            Fix(span, close[0]) if close else None,
        )
    del made
    return True


# --- kinds -------------------------------------------------------------------------------


def _kind(draft: Draft, operand: Operand) -> str | None:
    """Return what kind of thing an operand is, or None if nobody can tell."""
    if isinstance(operand, Constant):
        return _kind_of(operand.value)
    if not isinstance(operand, Use):
        return None
    meaning = draft.names.get(operand.name)
    if meaning is None:
        return None
    if meaning.means is Means.VALUE and not operand.parts:
        value = draft.shared.values.get(operand.name)
        return None if isinstance(value, (list, tuple)) else _kind_of(value)
    if meaning.type is None:
        return None
    if operand.parts:
        return _PART_KINDS.get(operand.parts[0])
    name = meaning.type.name
    return "text" if name in _TEXTS else _KINDS.get(name)


def _kind_of(value: Json) -> str | None:
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        found = opened(Value(value))
        return "text" if found is value else type(found).__name__
    return None


def _kinds(draft: Draft, written: Written, comparison: Comparison) -> None:
    left, right = comparison.left, comparison.right
    if isinstance(right, tuple):
        if comparison.sign in ("in", "notin"):
            for constant in right:
                if _differ(draft, left, constant):
                    _mismatch(draft, written, left, constant)
                    return
        return
    if comparison.sign in ("in", "notin"):
        return
    if _differ(draft, left, right):
        _mismatch(draft, written, left, right)


def _differ(draft: Draft, left: Operand, right: Operand) -> bool:
    one, other = _kind(draft, left), _kind(draft, right)
    if one is None or other is None or one == other:
        return False
    return {one, other} != {"date", "datetime"}


def _mismatch(draft: Draft, written: Written, left: Operand, right: Operand) -> None:
    start = left.start if isinstance(left, (Use, Constant)) else 0
    end = len(written.source)
    if isinstance(right, Constant):
        last = written.source.find(str(right.value), right.start)
        end = (last if last >= 0 else right.start) + len(str(right.value))
        if end < len(written.source) and written.source[end] in "\"'":
            end += 1
    elif isinstance(right, Use):
        end = right.end
    span = _span(draft, written, start, end)
    if span is None:
        return
    one, other = _kind(draft, left), _kind(draft, right)
    named = left if isinstance(left, Use) else right
    draft.report(
        "FK409",
        span,
        f"this compares a {_say(one)} with a {_say(other)}.",
        _advice(draft, named, left, right),
    )


def _say(kind: str | None) -> str:
    return "date" if kind == "datetime" else kind or "value"


def _advice(draft: Draft, named: Operand, left: Operand, right: Operand) -> str:
    constant = right if isinstance(right, Constant) else left
    kind = _kind(draft, named)
    if not isinstance(named, Use) or not isinstance(constant, Constant):
        return "Compare like with like: a date with a date, a number with a number."
    if kind == "date" and isinstance(constant.value, str):
        if constant.value.title() in WEEKDAYS:
            return f'Write {named.name}.weekday == "{constant.value.title()}".'
        return 'Write the date like "2026-12-24".'
    if kind == "time":
        return (
            f"Write {named.name}.hour to compare with whole hours."
            if isinstance(constant.value, int)
            else 'Write the time like "19:30".'
        )
    if kind == "length of time" and isinstance(constant.value, (int, float)):
        return f"Write {named.name}.minutes, .hours or .days to compare with numbers."
    if kind == "yes or no":
        return f"Write {named.name} alone, or not {named.name}."
    if kind == "number" and str(constant.value).isdigit():
        return f"Write {constant.value} without quotes."
    if kind == "number" and isinstance(constant.value, str):
        return "Write the number in digits, without quotes."
    if kind == "text" and isinstance(constant.value, (int, float)):
        return f'Write "{constant.value}" in quotes.'
    return ""


# --- rules -------------------------------------------------------------------------------


def check_rules(draft: Draft) -> None:
    """Report rules that read a result: only slots and values can be checked again."""
    for written in draft.written:
        place = draft.place(written)
        if place is None or place.role != "rule":
            continue
        for use in written.facts.uses:
            meaning = draft.names.get(use.name)
            if meaning is not None and meaning.means in (Means.RESULT, Means.OUTCOME):
                span = place_of(place.scalar, written.source, use.start, use.end)
                draft.report(
                    "FK417",
                    span,
                    f'a rule cannot read "{use.name}", which is {meaning.means}: rules '
                    "read slots and values.",
                    "Whatever a tool found belongs into a when step.",
                )

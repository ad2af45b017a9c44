"""Slots: their types bound to the options that the designer gave, then all the rest.

Types come first, since every sentence of a flow may speak any slot. An option that does
not fit is reported and left out, so that the slot still has a type for the other checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowkit.authoring import grammar
from flowkit.authoring.builder import Builder
from flowkit.authoring.drafts import Draft, plain
from flowkit.authoring.names import Meaning, Means, parts_of
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.reading import meant_by
from flowkit.diagnostics import Fix
from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.types import TYPES, OptionError, TypeSpec, UnknownTypeError, build

if TYPE_CHECKING:
    from flowkit.types.reading import ReadableType

_FALLBACK = "text"
"""Stands in for a type that does not exist."""


def bind(draft: Draft, part: Part) -> ReadableType:
    """Return the type of a slot or given value, and note its name's meaning."""
    custom: Mapping[str, TypeSpec] = draft.shared.extensions.types
    name = part.text("type") or _FALLBACK
    options = _options(draft, part, {**TYPES, **custom}.get(name))
    while True:
        try:
            made = build(name, options, custom=custom)
            break
        except UnknownTypeError as err:
            _unknown_type(draft, part, err)
            name, options = _FALLBACK, {}
        except OptionError as err:
            _bad_option(draft, part, err)
            if err.option in options:
                del options[err.option]
            else:
                name, options = _FALLBACK, {}
    means = Means.GIVEN if part.kind == "given" else Means.SLOT
    sure = name == part.text("type")
    draft.names[part.head.text] = Meaning(
        means,
        made if sure else None,
        parts_of(made) if sure else None,
        part.is_true("private"),
    )
    draft.types[part.head.text] = made
    return made


def _options(draft: Draft, part: Part, spec: TypeSpec | None) -> dict[str, Json]:
    """Collect the options of a slot as plain data."""
    options: dict[str, Json] = {}
    for key in part.keys:
        if key not in grammar.OPTIONS:
            continue
        value = part.values.get(key)
        if key == "choices":
            if isinstance(value, Scalar):
                continue  # an expression: known only in the call
            choices = _choices(draft, part)
            if choices:
                options[key] = choices
        elif isinstance(value, bool):
            options[key] = value
        elif (node := part.node(key)) is not None:
            options[key] = plain(node)
    for name, node in part.options.items():
        if spec is not None and name in spec.options:
            options[name] = plain(node)
        elif spec is not None:
            _unknown_key(draft, part, name, spec)
    return options


def _unknown_key(draft: Draft, part: Part, name: str, spec: TypeSpec) -> None:
    known = [*grammar.SLOT, *spec.options]
    meant = meant_by(name, known)
    span = part.option_keys[name].span
    draft.report(
        "FK201",
        span,
        f'there is no "{name}" in a slot of type "{spec.name}".',
        f'Did you mean "{meant}"?' if meant else f"Possible are: {', '.join(known)}.",
        Fix(span, meant) if meant else None,
    )


def _choices(draft: Draft, part: Part) -> dict[str, Json]:
    choices: dict[str, Json] = {}
    words: dict[str, str] = {}
    for pair in part.pairs("choices"):
        name = pair.name.text
        others = [] if pair.value is pair.name else plain(pair.value)
        listed = others if isinstance(others, list) else [others]
        for word in (name, *listed):
            plain_word = str(word).strip().lower()
            first = words.setdefault(plain_word, name)
            if first != name or (word is name and name in choices):
                draft.report(
                    "FK316",
                    pair.name.span,
                    f'"{word}" is listed for "{first}" already.',
                    "Each word can mean one choice only.",
                )
        choices.setdefault(name, others)
    return choices


def _unknown_type(draft: Draft, part: Part, err: UnknownTypeError) -> None:
    scalar = part.scalar("type")
    if scalar is None:
        return
    if draft.shared.extensions.broken:
        return
    meant = meant_by(scalar.text, err.known)
    draft.report(
        "FK304",
        scalar.span,
        f'there is no type "{scalar.text}".',
        f'Did you mean "{meant}"?' if meant else f"There are: {', '.join(err.known)}.",
        Fix(scalar.span, meant) if meant and not scalar.quoted else None,
    )


def _bad_option(draft: Draft, part: Part, err: OptionError) -> None:
    message = err.problem.rstrip(".")
    message = message[0].lower() + message[1:] + "."
    written = part.node(err.option)
    if err.option not in part.keys and err.option not in part.options:
        draft.report(
            "FK206",
            part.place("type"),
            message,
            f'Add "{err.option}" below it.',
        )
        return
    span = written.span if isinstance(written, Scalar) else part.place(err.option)
    if err.option in part.option_keys:
        span = part.option_keys[err.option].span
    meant = meant_by(written.text, err.known) if isinstance(written, Scalar) else None
    advice = f'Did you mean "{meant}"?' if meant else ""
    if not advice and err.known:
        advice = f"Possible are: {', '.join(err.known)}."
    if not advice:
        advice = "Delete this line, or take a type that knows it."
    draft.report("FK217", span, message, advice)


def slot(
    builder: Builder, part: Part, type_: ReadableType, *, shared: bool
) -> flow.Slot:
    """Build a slot, once the types of all slots are known."""
    draft = builder.draft
    name = part.head.text
    path = f"{builder.prefix}slots.{name}"
    draft.slot_parts[name] = part
    ask = part.scalar("ask")
    suggest, suggested = part.scalar("suggest"), part.scalar("ask_suggested")
    computed = part.scalar("choices")
    read_back = part.text("read_back")
    spec = {**TYPES, **draft.shared.extensions.types}.get(part.text("type"))
    if part.is_true("keypad") and spec is not None and not spec.keypad:
        draft.report(
            "FK217",
            part.place("keypad"),
            f'a slot of type "{spec.name}" cannot be typed on a keypad.',
            "Delete this line.",
        )
    if (
        spec is not None
        and part.text("type") == "choice"
        and "choices" not in part.keys
        and draft.whole
    ):
        draft.report(
            "FK206",
            part.place("type"),
            "a choice needs choices.",
            "Add choices: below it.",
        )
    return flow.Slot(
        name,
        type_,
        builder.sentence(ask, f"{path}.ask", "ask", slot=name) if ask else None,
        builder.rules(part, name),
        part.is_true("optional"),
        part.texts("hints"),
        builder.formula(suggest, "suggest", slot=name) if suggest else None,
        builder.sentence(
            suggested,
            f"{path}.ask_suggested",
            "suggest",
            slot=name,
            extra={"it": Meaning(Means.WORD, type_, parts_of(type_))},
        )
        if suggested
        else None,
        read_back if read_back in ("always", "never") else None,  # type: ignore[arg-type]  # one of the two
        part.is_true("keypad"),
        part.is_true("private"),
        _after(builder, part),
        builder.formula(computed, "list", slot=name) if computed else None,
        builder.ladders(part, path),
        shared,
        part.line,
    )


def _after(builder: Builder, part: Part) -> str | None:
    scalar = part.scalar("after")
    if scalar is None:
        return None
    draft = builder.draft
    slots = [n for n, m in draft.names.items() if m.means is Means.SLOT]
    if not builder.known("FK303", scalar, slots, "slot"):
        return None
    own = draft.names.get(part.head.text)
    other = draft.names.get(scalar.text)
    kinds = {m.type.name for m in (own, other) if m is not None and m.type is not None}
    if scalar.text == part.head.text or not kinds <= {"date", "time"} or len(kinds) > 1:
        draft.report(
            "FK516",
            scalar.span,
            f'"{part.head.text}" cannot come after "{scalar.text}".',
            "A date comes after another date, a time after another time.",
        )
        return None
    return scalar.text

"""The grammar as a JSON Schema, so that editors complete keys and mark mistakes.

It is made from the same table as everything else. Editors read YAML with types (``true``,
``4``, nothing), so a text may be any scalar here. Draft 7, since that is what editors
know best (json-schema.org/draft-07; yaml-language-server 1.15).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from flowkit.authoring import grammar
from flowkit.authoring.grammar import Key, Kind
from flowkit.types import TYPES

Schema: TypeAlias = "dict[str, object]"

KINDS: Final = ("flow", "agent", "test", "translation")
"""The kinds of file that there are."""

_NAME = "^[A-Za-z\u00c0-\uffff][A-Za-z0-9_\u00c0-\uffff]*$"
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_TIME = (
    r"^\d{1,6}(\.\d+)?\s*"
    r"(ms|milliseconds?|s|sec|seconds?|min|minutes?|hours?)\.?$"
)


def schema(kind: str | None = None) -> Schema:
    """Return the schema of one kind of file, or of any of them.

    Args:
        kind: One of ``KINDS``; None looks at the file's keys to tell which it is.
    """
    head: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"https://flowkit.example/schema/{kind or 'file'}.json",
        "title": f"flowkit {kind or 'file'}",
    }
    body = _ref(f"file_{kind}") if kind else _any_file()
    return head | body | {"definitions": _definitions()}


def _any_file() -> Schema:
    chosen = _ref("file_flow")
    for key, kind in (
        ("agent", "agent"),
        ("tests", "test"),
        ("translations", "translation"),
    ):
        chosen = {
            "if": {"required": [key]},
            "then": _ref(f"file_{kind}"),
            "else": chosen,
        }
    return chosen


def _definitions() -> Schema:
    return {
        "file_flow": _block(grammar.FLOW),
        "file_agent": _block(grammar.AGENT),
        "file_test": _block(grammar.TESTS),
        "file_translation": _block(grammar.TRANSLATIONS),
        "text": _SCALAR | {"not": {"enum": [""]}},
        "name": {"type": "string", "pattern": _NAME},
        "new_name": {
            "type": "string",
            "pattern": _NAME,
            "not": {"enum": sorted(grammar.RESERVED)},
        },
        "texts": {"type": "array", "items": _ref("text"), "minItems": 1},
        "say": {
            "anyOf": [_ref("text"), _object({"one_of": _ref("texts")}, ["one_of"])]
        },
        "steps": {"type": "array", "items": _ref("step"), "minItems": 1},
        "step": _step(),
        **{f"step_{verb}": _block(table) for verb, table in grammar.STEPS.items()},
        "rungs": {"type": "array", "items": _rung(), "minItems": 1},
        "slot": _slot(),
        "rule": _block(grammar.RULE) | {"oneOf": _each_required("must", "check")},
        "entry": _block(grammar.ENTRY)
        | {
            "allOf": [
                {"oneOf": _each_required("caller_asks", "caller_wants")},
                {"oneOf": _each_required("say", "steps", "go_to")},
            ]
        },
        "test": _block(grammar.TEST)
        | {"properties": _properties(grammar.TEST) | {"talk": _talk()}},
        "line": _verbs(grammar.LINES, "line", _alone(grammar.LINES)),
        **{f"line_{verb}": _block(table) for verb, table in grammar.LINES.items()},
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _object(properties: Schema, needed: Iterable[str] = (), **more: object) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
        **more,
    }


def _map_of(value: Schema, *, names: str = "new_name") -> Schema:
    return {
        "type": "object",
        "propertyNames": _ref(names),
        "additionalProperties": value,
    }


def _block(table: Mapping[str, Key]) -> Schema:
    return _object(
        _properties(table), (key.name for key in table.values() if key.needed)
    )


def _properties(table: Mapping[str, Key]) -> Schema:
    return {key.name: _value(key) for key in table.values()}


def _value(key: Key) -> Schema:
    if key.later:
        return {"not": {}, "description": f"{key.means} Not possible yet."}
    if key.words:
        made: Schema = {"enum": list(key.words)}
    elif key.name in ("flow", "agent") and key.needed:
        made = _ref("name")
    elif key.name == "save_as":
        made = _ref("new_name")
    elif key.name == "end":
        made = {"anyOf": [_ref("name"), {"type": "null"}]}
    elif key.name == "tests" and key.needed:
        made = {"type": "array", "items": _ref("test")}
    else:
        made = _KINDS[key.kind]() if key.kind in _KINDS else _ref("text")
    return (
        {"description": key.means, "allOf": [made]}
        if "$ref" in made
        else ({"description": key.means} | made)
    )


def _each_required(*names: str) -> list[Schema]:
    return [{"required": [name]} for name in names]


def _step() -> Schema:
    return _verbs(grammar.STEPS, "step", ("end", "skip"))


def _verbs(
    tables: Mapping[str, Mapping[str, Key]], what: str, bare: tuple[str, ...]
) -> Schema:
    """Choose the shape by the one verb; ``say`` stands in other steps too."""
    cases: list[Schema] = []
    for verb in tables:
        others = [
            other for other, table in tables.items() if other != verb and verb in table
        ]
        asked: Schema = {"required": [verb]}
        if others:
            asked["not"] = {"anyOf": _each_required(*others)}
        cases.append({"if": asked, "then": _ref(f"{what}_{verb}")})
    return {
        "if": {"type": "object"},
        "then": {"anyOf": _each_required(*tables), "allOf": cases},
        "else": {"enum": list(bare)},
    }


def _alone(tables: Mapping[str, Mapping[str, Key]]) -> tuple[str, ...]:
    """Return the verbs that may stand as a bare word."""
    return tuple(
        verb for verb, table in tables.items() if table[verb].kind is Kind.NOTHING
    )


def _rung() -> Schema:
    return {
        "if": {"type": "object", "required": ["steps"], "not": {"required": ["when"]}},
        "then": _object({"steps": _ref("steps")}, ["steps"]),
        "else": _ref("step"),
    }


def _slot() -> Schema:
    """Only a type of our own is known to have no other keys."""
    properties = _properties(grammar.SLOT)
    needed = [key.name for key in grammar.SLOT.values() if key.needed]
    return {
        "type": "object",
        "properties": properties
        | {
            "type": {
                "type": "string",
                "examples": sorted(TYPES),
                "description": "Its type.",
            }
        },
        "required": needed,
        "allOf": [
            {
                "if": {
                    "properties": {"type": {"const": "choice"}},
                    "required": ["type"],
                },
                "then": {"required": ["choices"]},
            }
        ],
        "if": {"properties": {"type": {"enum": sorted(TYPES)}}},
        "then": {
            "properties": dict.fromkeys(properties, True),
            "additionalProperties": False,
        },
    }


def _talk() -> Schema:
    return {"type": "array", "items": _ref("line")}


_KINDS: Final[Mapping[Kind, Callable[[], Schema]]] = {
    Kind.SAY: lambda: _ref("say"),
    Kind.NAMES: lambda: _ref("texts"),
    Kind.TEXTS: lambda: _ref("texts"),
    Kind.SENTENCES: lambda: _ref("texts"),
    Kind.MODULES: lambda: _ref("texts"),
    Kind.YES: lambda: {"enum": [True, False, "true", "false"]},
    Kind.TIME: lambda: {"type": "string", "pattern": _TIME},
    Kind.TIMES: lambda: {
        "type": "string",
        "pattern": r"^(once|twice|\d{1,2}\s+times?)$",
    },
    Kind.STEPS: lambda: _ref("steps"),
    Kind.OTHERWISE: lambda: {"anyOf": [_ref("text"), _ref("steps")]},
    Kind.RULES: lambda: {"type": "array", "items": _ref("rule"), "minItems": 1},
    Kind.RUNGS: lambda: _ref("rungs"),
    Kind.ARGUMENTS: lambda: {
        "anyOf": [
            _ref("texts"),
            {"type": "object", "additionalProperties": _ref("text")},
        ]
    },
    Kind.CHOICES: lambda: {
        "anyOf": [
            _ref("text"),
            _ref("texts"),
            {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [
                        _SCALAR,
                        {"type": "null"},
                        {"type": "array", "items": _SCALAR},
                    ]
                },
            },
        ]
    },
    Kind.SLOTS: lambda: _map_of(_ref("slot")),
    Kind.GIVEN: lambda: _map_of({"anyOf": [_ref("name"), _block(grammar.GIVEN)]}),
    Kind.ANYTIME: lambda: {"type": "array", "items": _ref("entry")},
    Kind.DEFAULTS: lambda: _block(grammar.DEFAULTS),
    Kind.VALUES: lambda: _map_of(
        {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
    ),
    Kind.PEOPLE: lambda: _map_of(
        {"anyOf": [_ref("text"), _block(grammar.PERSON)]}, names="name"
    ),
    Kind.TRANSLATIONS: lambda: {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": _ref("text"),
            "minProperties": 2,
        },
    },
    Kind.NOTHING: lambda: {"type": ["null", "string"]},
    Kind.ANY: dict,
}

"""Sentences, conditions and expressions: Jinja's grammar, and none of its powers.

Jinja reads the text; what it read is checked against a list of what is allowed, and then
turned into closures of our own. No template code is ever generated or run, no attribute
of a Python object is ever looked up, and a rendered text is never read again: so a
caller whose name is ``{{ 7*7 }}`` is called just that. What belongs here: text to
``Text``, ``Formula`` and ``Condition``, with what they use for the checks.

Positions: Jinja's tokens know their line only, so each is given its *offset* as its line
number, and every node of the tree then knows where it stands.

Source: jinja2 3.1.6, ``jinja2/lexer.py`` and ``jinja2/parser.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream, get_lexer
from jinja2.parser import Parser

from flowkit.authoring import values
from flowkit.authoring.filters import FILTERS
from flowkit.authoring.sentences import Piece
from flowkit.authoring.slips import (
    Problem as Problem,
)
from flowkit.authoring.slips import (
    in_condition,
    in_sentence,
    syntax,
    unexpected,
)
from flowkit.authoring.texts import (
    Comparison,
    Condition,
    Constant,
    Evaluate,
    Facts,
    Formula,
    Operand,
    Render,
    Text,
    Use,
)
from flowkit.authoring.values import EMPTY, NOTHING, Days, Value
from flowkit.dialogue.flow import (
    BrokenExpression,
    Named,
    Scope,
)

FUNCTIONS: Final = ("days", "weeks")
_DEEPEST = 24
_OUTSIDE = frozenset({"data", "variable_begin", "block_begin"})
_MOST_TOKENS = 240
"""In one expression, blanks included: so no tree is ever too deep to walk."""
_MOST_PAIRS = 4_000
_LONGEST = 10_000
_ENV = Environment(autoescape=False)  # texts for the ear, not for HTML
_LEXER = get_lexer(_ENV)
_NONE: frozenset[str] = frozenset()
_PLAIN = re.compile(r"\{[{%#]|[}%#]\}")
_WORDY = {
    "for": "a loop",
    "assign": "names of its own",
    "assignblock": "names of its own",
    "macro": "a macro",
    "include": "another file",
    "import": "another file",
    "from": "another file",
    "extends": "another file",
    "block": "a block",
    "call": "a call",
    "filter": "a filter block",
    "raw": "raw text",
    "with": "a name of its own",
}


def text(
    source: str,
    *,
    line: str = "",
    where: str = "",
    translations: Mapping[str, Text] | None = None,
) -> tuple[Text, list[Problem]]:
    """Compile a sentence; with problems it speaks its source as it stands."""
    told = translations or {}
    slips = in_sentence(source)
    if any(slip.code == "FK401" for slip in slips) or not _PLAIN.search(source):
        return Text(source, line=line, where=where, translations=told), slips
    tree, problems = _parse(source, "root")
    if not isinstance(tree, nodes.Template):
        return Text(source, line=line, where=where, translations=told), slips + problems
    compiler = _Compiler(source, spoken=True)
    render = compiler.body(tree.body, _NONE)
    facts = compiler.facts()
    return (
        Text(source, facts.reads, line, facts, told, where, render),
        slips + compiler.problems,
    )


def formula(source: str, *, line: str = "") -> tuple[Formula, list[Problem]]:
    """Compile an expression; with problems its value is always None."""
    tree, problems = _parse(source, "variable")
    if not isinstance(tree, nodes.Expr):
        return Formula(source, line=line), problems
    compiler = _Compiler(source)
    evaluate = compiler.expression(tree, _NONE)
    facts = compiler.facts()
    return Formula(source, facts.reads, facts, line, evaluate), compiler.problems


def condition(source: str, *, line: str = "") -> tuple[Condition, list[Problem]]:
    """Compile a condition; with problems it never holds."""
    tree, problems = _parse(source, "variable")
    if not isinstance(tree, nodes.Expr):
        return Condition(source, line=line), problems
    compiler = _Compiler(source)
    evaluate = compiler.truth(tree, _NONE)
    facts = compiler.facts()
    return (
        Condition(
            source,
            facts.reads,
            facts,
            line,
            known_if(tree, holds=True),
            known_if(tree, holds=False),
            evaluate,
        ),
        compiler.problems,
    )


# --- reading ---------------------------------------------------------------------------


def _parse(
    source: str, state: Literal["root", "variable"]
) -> tuple[nodes.Template | nodes.Expr | None, list[Problem]]:
    """Read a text with Jinja's grammar; offsets stand in for line numbers."""
    if len(source) > _LONGEST:
        return None, [Problem("FK401", "this is too long.", 0, 1)]
    if state == "variable" and (early := in_condition(source)):
        return None, [early]
    if _too_deep(source):
        return None, [
            Problem("FK401", "this is nested too deeply.", 0, 1, "Make it simpler.")
        ]
    lexed_state = None if state == "root" else "variable"
    try:
        pairs = []
        at = depth = 0
        for _, token, value in _LEXER.tokeniter(source, None, None, lexed_state):
            found = source.find(value, at)
            start = at if found < 0 else found
            pairs.append((start, token, value))
            at = start + len(value)
            depth = 0 if token in _OUTSIDE else depth + 1
            if depth > _MOST_TOKENS or len(pairs) > _MOST_PAIRS:
                return None, [_too_long(start)]
        parser = Parser(_ENV, "", state=lexed_state)
        parser.stream = TokenStream(_LEXER.wrap(iter(pairs), None, None), None, None)
        if state == "root":
            return parser.parse(), []
        tree = parser.parse_expression()
        if not parser.stream.eos:
            return None, [unexpected(source, parser.stream.current.lineno)]
        return tree, []
    except TemplateSyntaxError as err:
        return None, [
            syntax(source, err.message or "", err.lineno, is_sentence=state == "root")
        ]
    except RecursionError:
        return None, [Problem("FK401", "this is nested too deeply.", 0, 1)]


def _too_long(start: int) -> Problem:
    return Problem(
        "FK401",
        "this is too long to be read.",
        start,
        start + 1,
        "Make several of it, or let a tool or validator in Python do it.",
    )


def _too_deep(source: str) -> bool:
    depth = deepest = 0
    for c in source:
        if c in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif c in ")]}":
            depth -= 1
    words = len(re.findall(r"\bnot\b|\belse\b|[-+~]", source))
    return deepest > _DEEPEST or words > 200


# --- compiling -------------------------------------------------------------------------


def known_if(node: nodes.Node, *, holds: bool) -> frozenset[str]:
    """Return the names that are certainly there if a condition holds (or not)."""
    match node:
        case nodes.Name():
            return frozenset({node.name}) if holds else _NONE
        case nodes.Getattr():
            root = _root(node)
            return frozenset({root}) if holds and root else _NONE
        case nodes.Not():
            return known_if(node.node, holds=not holds)
        case nodes.And():
            left = known_if(node.left, holds=holds)
            right = known_if(node.right, holds=holds)
            return left | right if holds else left & right
        case nodes.Or():
            left = known_if(node.left, holds=holds)
            right = known_if(node.right, holds=holds)
            return left & right if holds else left | right
        case nodes.Test():
            if node.name == "none":
                return known_if(node.node, holds=not holds)
            return known_if(node.node, holds=holds)
        case nodes.Compare() if len(node.ops) == 1:
            return _known_by(node, holds=holds)
        case _:
            return _NONE


def _known_by(node: nodes.Compare, *, holds: bool) -> frozenset[str]:
    sign = node.ops[0].op
    sides = (node.expr, node.ops[0].expr)
    against_none = any(isinstance(s, nodes.Const) and s.value is None for s in sides)
    roots = frozenset(root for side in sides if (root := _root(side)))
    if sign in ("ne", "notin"):
        return roots if holds is against_none else _NONE
    if against_none:
        return roots if not holds else _NONE
    return roots if holds else _NONE


def _root(node: nodes.Node) -> str | None:
    while isinstance(node, nodes.Getattr):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None


class _Compiler:
    """Turn a tree into closures, and note what it uses and what it may not do."""

    def __init__(self, source: str, *, spoken: bool = False) -> None:
        self.source = source
        self.spoken = spoken
        self.uses: list[Use] = []
        self.comparisons: list[Comparison] = []
        self.problems: list[Problem] = []

    def facts(self) -> Facts:
        return Facts(tuple(self.uses), tuple(self.comparisons))

    def _refuse(
        self, node: nodes.Node, what: str, advice: str = "", *, code: str = "FK402"
    ) -> Evaluate:
        start = max(0, min(node.lineno, len(self.source) - 1))
        match = re.compile(r"\w+|\S").match(self.source, start)
        self.problems.append(
            Problem(code, what, start, match.end() if match else start + 1, advice)
        )
        return lambda scope: EMPTY

    # --- sentences -------------------------------------------------------------------

    def body(self, body: Sequence[nodes.Node], known: frozenset[str]) -> Render:
        parts: list[Render] = []
        for node in body:
            if isinstance(node, nodes.Output):
                parts += [self._output(part, known) for part in node.nodes]
            elif isinstance(node, nodes.If):
                parts.append(self._if(node, known))
            else:
                what = type(node).__name__.lower()
                what = _WORDY.get(what, f'"{what}"')
                self._refuse(
                    node,
                    f"a sentence cannot have {what}, only values and if.",
                    "Let a tool return the finished words.",
                )
        if len(parts) == 1:
            return parts[0]
        made = tuple(parts)

        def render(scope: Scope, out: list[Piece]) -> None:
            for part in made:
                part(scope, out)

        return render

    def _output(self, node: nodes.Expr, known: frozenset[str]) -> Render:
        if isinstance(node, nodes.TemplateData):
            piece: Piece = (node.data, None)
            return lambda scope, out: out.append(piece)
        evaluate = self.expression(node, known, how="spoken")
        if isinstance(node, nodes.Name):
            return _speak_name(node.name)

        def render(scope: Scope, out: list[Piece]) -> None:
            value = evaluate(scope)
            names = value.names if not values.is_empty(value.data) else _NONE
            out.append((values.spoken(value, scope), names))

        return render

    def _if(self, node: nodes.If, known: frozenset[str]) -> Render:
        branches: list[tuple[Evaluate, Render]] = []
        for one in (node, *node.elif_):
            test = self.truth(one.test, known)
            inner = known | known_if(one.test, holds=True)
            branches.append((test, self.body(one.body, inner)))
            known = known | known_if(one.test, holds=False)
        otherwise = self.body(node.else_, known)
        made = tuple(branches)

        def render(scope: Scope, out: list[Piece]) -> None:
            for test, body in made:
                if test(scope).data:
                    body(scope, out)
                    return
            otherwise(scope, out)

        return render

    # --- expressions -----------------------------------------------------------------

    def truth(self, node: nodes.Node, known: frozenset[str]) -> Evaluate:
        """Compile something of which only the truth matters."""
        match node:
            case nodes.Name() | nodes.Getattr():
                evaluate = self._path(node, known, how="tested")
                return lambda scope: Value(bool(evaluate(scope).data))
            case nodes.Not():
                inner = self.truth(node.node, known)
                return lambda scope: Value(not inner(scope).data)
            case nodes.And() | nodes.Or():
                is_and = isinstance(node, nodes.And)
                left = self.truth(node.left, known)
                right = self.truth(
                    node.right, known | known_if(node.left, holds=is_and)
                )
                if is_and:
                    return lambda scope: right(scope) if left(scope).data else FALSE
                return lambda scope: TRUE if left(scope).data else right(scope)
            case nodes.Test():
                return self._test(node, known)
            case _:
                evaluate = self.expression(node, known)
                return lambda scope: Value(bool(evaluate(scope).data))

    def expression(
        self,
        node: nodes.Node,
        known: frozenset[str],
        *,
        how: Literal["spoken", "tested", "read"] = "read",
        has_default: bool = False,
    ) -> Evaluate:
        match node:
            case nodes.Name() | nodes.Getattr():
                return self._path(node, known, how=how, has_default=has_default)
            case nodes.Const():
                return self._constant(node)
            case nodes.List() | nodes.Tuple():
                items = [self.expression(item, known) for item in node.items]
                return lambda scope: Value([item(scope).data for item in items])
            case nodes.Not() | nodes.And() | nodes.Or() | nodes.Test():
                return self.truth(node, known)
            case nodes.Compare():
                return self._compare(node, known)
            case nodes.CondExpr():
                return self._choice(node, known, how=how)
            case nodes.Filter():
                return self._filter(node, known, how=how)
            case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
                return self._arithmetic(node, known)
            case nodes.Neg() | nodes.Pos():
                return self._arithmetic(
                    nodes.Mul(
                        node.node,
                        nodes.Const(-1 if isinstance(node, nodes.Neg) else 1),
                        lineno=node.lineno,
                    ),
                    known,
                )
            case nodes.Call():
                return self._call(node, known)
            case nodes.Concat():
                return self._refuse(
                    node,
                    "texts cannot be put together with ~.",
                    "Write them one behind the other, each value in braces of its own.",
                )
            case nodes.Getitem():
                return self._refuse(
                    node,
                    "square brackets cannot be used here.",
                    "Write a dot and the name of the part.",
                )
            case _:
                return self._refuse(node, "this cannot be used here.")

    def _path(
        self,
        node: nodes.Name | nodes.Getattr,
        known: frozenset[str],
        *,
        how: Literal["spoken", "tested", "read"],
        has_default: bool = False,
    ) -> Evaluate:
        parts: list[str] = []
        starts: list[int] = []
        inner: nodes.Node = node
        while isinstance(inner, nodes.Getattr):
            parts.insert(0, inner.attr)
            starts.insert(0, max(self.source.find(inner.attr, inner.lineno), 0))
            inner = inner.node
        if not isinstance(inner, nodes.Name):
            return self._refuse(
                inner,
                "only names have parts behind a dot.",
                "Let a tool return what is needed under a name of its own.",
            )
        if any(part.startswith("_") for part in (*parts, inner.name)):
            return self._refuse(inner, "names do not start with an underscore.")
        name = inner.name
        use = Use(
            name, tuple(parts), inner.lineno, tuple(starts), how, known, has_default
        )
        self.uses.append(use)
        names = frozenset({name})
        empty = Value(None, None, names)

        if not parts:

            def lookup(scope: Scope) -> Value:
                found: Named = scope.lookup(name)
                if found.data is None:
                    return empty
                return Value(found.data, found.type, names)

            return lookup
        made = tuple(parts)

        def walk(scope: Scope) -> Value:
            found = scope.lookup(name)
            value = Value(found.data, found.type, names)
            for part in made:
                value = values.part(value, part)
            return value

        return walk

    def _constant(self, node: nodes.Const) -> Evaluate:
        found = node.value
        if found is None:
            return lambda scope: NOTHING
        if isinstance(found, complex) or not isinstance(found, (bool, int, float, str)):
            return self._refuse(node, "this is not a value.")
        if isinstance(found, int) and abs(found) > 10**15:
            return self._refuse(node, "this number is too large.")
        value = Value(found)
        return lambda scope: value

    def _operand(self, node: nodes.Node) -> Operand:
        match node:
            case nodes.Const():
                return Constant(node.value, node.lineno)
            case nodes.List() | nodes.Tuple():
                items = [self._operand(item) for item in node.items]
                return tuple(item for item in items if isinstance(item, Constant))
            case nodes.Name() | nodes.Getattr():
                start = _name_start(node)
                for use in reversed(self.uses):
                    if use.start == start:
                        return use
            case _:
                pass
        return None

    def _compare(self, node: nodes.Compare, known: frozenset[str]) -> Evaluate:
        evaluated = [self.expression(node.expr, known)]
        operands = [self._operand(node.expr)]
        signs = []
        for op in node.ops:
            evaluated.append(self.expression(op.expr, known))
            operands.append(self._operand(op.expr))
            signs.append(op.op)
        for n, sign in enumerate(signs):
            self.comparisons.append(
                Comparison(operands[n], sign, operands[n + 1], node.lineno)
            )
        if len(signs) == 1:
            left, right, sign = evaluated[0], evaluated[1], signs[0]
            return lambda scope: (
                TRUE if values.compare(left(scope), sign, right(scope)) else FALSE
            )

        def chain(scope: Scope) -> Value:
            found = [one(scope) for one in evaluated]
            return Value(
                all(
                    values.compare(found[n], sign, found[n + 1])
                    for n, sign in enumerate(signs)
                )
            )

        return chain

    def _choice(
        self,
        node: nodes.CondExpr,
        known: frozenset[str],
        *,
        how: Literal["spoken", "tested", "read"],
    ) -> Evaluate:
        test = self.truth(node.test, known)
        one = self.expression(
            node.expr1, known | known_if(node.test, holds=True), how=how
        )
        if node.expr2 is None:
            return self._refuse(node, "this if has no else.")
        other = self.expression(
            node.expr2, known | known_if(node.test, holds=False), how=how
        )
        return lambda scope: one(scope) if test(scope).data else other(scope)

    def _test(self, node: nodes.Test, known: frozenset[str]) -> Evaluate:
        if node.name not in ("defined", "none"):
            return self._refuse(
                node, f'"is {node.name}" is not possible here.', "Compare with ==."
            )
        inner = self.truth(node.node, known)
        if node.name == "none":
            return lambda scope: Value(not inner(scope).data)
        return inner

    def _call(self, node: nodes.Call, known: frozenset[str]) -> Evaluate:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in FUNCTIONS:
            what = f"{name}(...)" if name else "a call"
            return self._refuse(
                node.node,
                f"{what} is not possible here: only days(n) and weeks(n) are.",
                "Anything more belongs into a tool or a validator in Python.",
            )
        if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return self._refuse(node.node, f"{name} takes one number.")
        count = self.expression(node.args[0], known)
        length = 7 if name == "weeks" else 1

        def evaluate(scope: Scope) -> Value:
            found = count(scope).data
            if isinstance(found, bool) or not isinstance(found, (int, float)):
                raise BrokenExpression(f"`{name}({found!r})` needs a number")
            if abs(found) > 40_000:
                raise BrokenExpression(f"`{name}({found!r})` is too far")
            return Value(Days(int(found * length)))  # type: ignore[arg-type]  # not data

        return evaluate

    def _arithmetic(
        self,
        node: nodes.Add | nodes.Sub | nodes.Mul | nodes.Div,
        known: frozenset[str],
    ) -> Evaluate:
        for side in (node.left, node.right):
            if isinstance(side, nodes.Const) and isinstance(side.value, str):
                return self._refuse(
                    side,
                    "texts cannot be computed with.",
                    "Let a tool return the finished words.",
                )
        sign = type(node).__name__.lower()
        left = self.expression(node.left, known)
        right = self.expression(node.right, known)
        return lambda scope: values.compute(left(scope), sign, right(scope))

    # --- filters ---------------------------------------------------------------------

    def _filter(
        self,
        node: nodes.Filter,
        known: frozenset[str],
        *,
        how: Literal["spoken", "tested", "read"],
    ) -> Evaluate:
        name, value = node.name, node.node
        if value is None:
            return self._refuse(node, "a filter stands behind a value.")
        if name not in FILTERS:
            self.problems.append(_no_filter(self.source, name, node.lineno))
            self.expression(value, known, how=how, has_default=True)
            return lambda scope: EMPTY
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            return self._refuse(node, f"{name} takes plain values only.")
        wanted = {"default": (1, 1), "plural": (2, 2), "join": (0, 1)}
        least, most = wanted.get(name, (0, 0))
        if not least <= len(node.args) <= most:
            example = {
                "default": '| default("nobody")',
                "plural": '| plural("person", "people")',
                "join": "| join",
            }.get(name, f"| {name}")
            return self._refuse(
                node, f"{name} does not stand like this.", f"Write {example}."
            )
        inner = self.expression(value, known, how=how, has_default=name == "default")
        args = [self.expression(arg, known, how=how) for arg in node.args]
        return FILTERS[name](inner, args)


def _speak_name(name: str) -> Render:
    """Return what speaks a name as it is: the most common thing in sentences."""
    names = frozenset({name})

    def render(scope: Scope, out: list[Piece]) -> None:
        found = scope.lookup(name)
        value = Value(found.data, found.type, names)
        known = _NONE if values.is_empty(found.data) else names
        out.append((values.spoken(value, scope), known))

    return render


TRUE: Final = Value(data=True)
FALSE: Final = Value(data=False)


def _name_start(node: nodes.Node) -> int:
    while isinstance(node, nodes.Getattr):
        node = node.node
    return node.lineno


def _no_filter(source: str, name: str, start: int) -> Problem:
    import difflib

    start = max(source.find(name, max(start, 0)), 0)
    close = difflib.get_close_matches(name, FILTERS, 1)
    known = ", ".join(FILTERS)
    return Problem(
        "FK307",
        f'there is no filter "{name}".',
        start,
        start + len(name),
        f'Did you mean "{close[0]}"?' if close else f"There are: {known}.",
        close[0] if close else None,
    )

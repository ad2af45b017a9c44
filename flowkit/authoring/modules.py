"""The Python beside an agent: its tools, validators and slot types, found by their tags.

A module of the agent's folder is loaded under a private name, so that two agents may both
have a ``tools.py``; nothing is added to ``sys.path``. What is refused: a path, a module
outside the folder, a symbolic link out of it. A module that cannot be imported is a
finding at its own line.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import importlib.machinery
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from flowkit.authoring.codes import found
from flowkit.authoring.nodes import Scalar
from flowkit.diagnostics import Diagnostic, Span
from flowkit.dialogue.flow import Tool
from flowkit.extensions import TOOL, VALIDATOR, ToolOptions

DEFAULT = "tools"
"""The module that is used when ``uses`` names none."""


@dataclass(frozen=True, slots=True)
class ValidatorFunction:
    """A developer's validator."""

    name: str
    function: Callable[..., object]
    parameters: tuple[str, ...]
    defaults: frozenset[str] = frozenset()
    """Parameters that may be left out."""
    words: frozenset[str] | None = frozenset()
    """What it hands to ``otherwise`` by ``Refused(...)``; None: anything may come."""


@dataclass(slots=True)
class Extensions:
    """Everything that an agent's Python offers."""

    tools: dict[str, Tool] = field(default_factory=dict)
    validators: dict[str, ValidatorFunction] = field(default_factory=dict)
    types: dict[str, Any] = field(default_factory=dict)  # any: flowkit.types.TypeSpec
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of each tool whose type hints say so: the fields of its result."""
    untagged: dict[str, str] = field(default_factory=dict)
    """Functions that have no tag, with the module they are in."""
    any_module: bool = False
    """There is Python: a name that is not in it does not exist."""
    broken: bool = False
    """A module could not be loaded: what is missing may be in it."""
    texts: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def load(
    uses: tuple[Scalar, ...] | None,
    folder: Path | None,
    shown: Callable[[Path], str],
) -> Extensions:
    """Load the modules that an agent uses.

    Args:
        uses: As the designer named them; None: a ``tools.py``, if there is one.
        folder: The agent's folder.
        shown: How a path is to be shown.
    """
    extensions = Extensions()
    if uses is None:
        if folder is not None and (folder / f"{DEFAULT}.py").is_file():
            _load_file(DEFAULT, folder, None, shown, extensions)
        return extensions
    for scalar in uses:
        name = scalar.text
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            _refuse(extensions, "FK603", scalar, name)
        elif folder is not None and (folder / f"{name}.py").is_file():
            _load_file(name, folder, scalar, shown, extensions)
        else:
            _load_installed(name, scalar, shown, extensions, folder)
    return extensions


def _refuse(extensions: Extensions, code: str, scalar: Scalar, name: str) -> None:
    extensions.broken = True
    extensions.any_module = True
    extensions.diagnostics.append(
        found(
            code,
            scalar.span,
            f'"{name}" is a path or leads outside the folder of the agent.',
            advice="Name a Python module beside this file, without .py.",
        )
    )


def _load_file(
    name: str,
    folder: Path,
    scalar: Scalar | None,
    shown: Callable[[Path], str],
    extensions: Extensions,
) -> None:
    path = folder / f"{name}.py"
    real = path.resolve()
    extensions.any_module = True
    if not real.is_relative_to(folder.resolve()):
        at = scalar.span if scalar else Span(shown(path))
        extensions.broken = True
        extensions.diagnostics.append(
            found(
                "FK603",
                at,
                f"{name}.py leads outside the folder of the agent.",
                advice="Put the module itself into the folder.",
            )
        )
        return
    try:
        module = _module(name, path)
    except KeyboardInterrupt:
        raise
    except BaseException as err:  # noqa: BLE001  # a module may raise anything
        extensions.broken = True
        extensions.diagnostics.append(_import_failure(err, path, shown))
        text = _text_of(path)
        if text is not None:
            extensions.texts[shown(path)] = text
        return
    _collect(module, path, shown, extensions)


_LOADED: dict[str, tuple[tuple[int, int], ModuleType]] = {}


def _module(name: str, path: Path) -> ModuleType:
    """Import a file under a private name, anew when it has changed."""
    folder = str(path.parent.resolve())
    package = f"_flowkit_agent_{hashlib.sha256(folder.encode()).hexdigest()[:12]}"
    full = f"{package}.{name}"
    stat = path.stat()
    version = (stat.st_mtime_ns, stat.st_size)
    known = _LOADED.get(full)
    if known is not None and known[0] == version:
        return known[1]
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [folder]
        sys.modules[package] = parent
    loader = importlib.machinery.SourceFileLoader(full, str(path))
    spec = importlib.util.spec_from_file_location(full, path, loader=loader)
    if spec is None:
        raise ImportError(f"`{path}` cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    try:
        loader.exec_module(module)
    except BaseException:
        sys.modules.pop(full, None)
        raise
    _LOADED[full] = (version, module)
    return module


def _load_installed(
    name: str,
    scalar: Scalar,
    shown: Callable[[Path], str],
    extensions: Extensions,
    folder: Path | None,
) -> None:
    extensions.any_module = True
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec is None or spec.origin is None:  # a mere folder is no module
        extensions.broken = True
        near = sorted(file.stem for file in folder.glob("*.py")) if folder else []
        from flowkit.authoring.reading import meant_by

        meant = meant_by(name, near)
        extensions.diagnostics.append(
            found(
                "FK601",
                scalar.span,
                f'there is no Python module "{name}": no {name}.py beside this file, '
                "and none installed.",
                advice=f'Did you mean "{meant}"?' if meant else "",
            )
        )
        return
    try:
        module = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as err:  # noqa: BLE001  # a module may raise anything
        extensions.broken = True
        path = Path(spec.origin) if spec.origin else Path(name)
        extensions.diagnostics.append(_import_failure(err, path, shown))
        return
    _collect(module, Path(module.__file__ or name), shown, extensions)


def _import_failure(
    err: BaseException, path: Path, shown: Callable[[Path], str]
) -> Diagnostic:
    line = 1
    if isinstance(err, SyntaxError) and err.lineno and err.filename == str(path):
        line = err.lineno
    else:
        for frame in traceback.extract_tb(err.__traceback__):
            if frame.filename == str(path) and frame.lineno:
                line = frame.lineno
    what = str(err.msg if isinstance(err, SyntaxError) else err).split("\n")[0][:200]
    kind = type(err).__name__
    return found(
        "FK602",
        Span(shown(path), line),
        f"{path.name} cannot be imported: {kind}{f': {what}' if what else ''}.",
        advice="Whoever wrote this file can tell what is missing.",
    )


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return None


def _collect(
    module: ModuleType,
    path: Path,
    shown: Callable[[Path], str],
    extensions: Extensions,
) -> None:
    text: str | None = None

    def report(code: str, function: object, message: str, advice: str = "") -> None:
        nonlocal text
        text = _text_of(path) if text is None else text
        if text is not None:
            extensions.texts[shown(path)] = text
        line = getattr(getattr(function, "__code__", None), "co_firstlineno", 1)
        if text is not None:
            line = _def_line(text, line)
        extensions.diagnostics.append(
            found(code, Span(shown(path), line), message, advice=advice)
        )

    for name, thing in vars(module).items():
        if name.startswith("__"):
            continue
        own = getattr(thing, "__module__", None) == module.__name__
        if isinstance(thing, type):
            if own:
                _collect_type(name, thing, extensions, report)
            continue
        if not callable(thing):
            continue
        options = getattr(thing, TOOL, None)
        is_validator = getattr(thing, VALIDATOR, False) is True
        is_tagged = isinstance(options, ToolOptions) or is_validator
        if is_tagged and (name in extensions.tools or name in extensions.validators):
            report(
                "FK609", thing, f'"{name}" is in two modules.', "Rename one of them."
            )
            continue
        if isinstance(options, ToolOptions):
            tool = _tool(name, thing, options, report)
            if tool is not None:
                extensions.tools[name] = tool
                fields = _fields_of(thing)
                if fields is not None:
                    extensions.fields[name] = fields
        elif is_validator:
            validator = _validator(name, thing, report)
            if validator is not None:
                extensions.validators[name] = validator
        elif own and inspect.isfunction(thing):
            extensions.untagged.setdefault(name, path.name)


def _def_line(text: str, line: int) -> int:
    """Return the line of ``def`` when a decorator's line was given."""
    lines = text.split("\n")
    for n in range(line - 1, min(line + 20, len(lines))):
        if lines[n].lstrip().startswith(("def ", "async def ", "class ")):
            return n + 1
    return line


Report = Callable[..., None]


def _tool(
    name: str, function: Callable[..., Any], options: ToolOptions, report: Report
) -> Tool | None:
    parameters: list[str] = []
    required: list[str] = []
    takes_call = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "call":
            takes_call = True
        elif parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            report(
                "FK608",
                function,
                f"the tool {name} takes *{parameter.name}: its arguments must have "
                "names.",
                "Name each argument.",
            )
            return None
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            report(
                "FK608",
                function,
                f'the argument "{parameter.name}" of the tool {name} cannot be given '
                "by name.",
                "Take the / out of the list of arguments.",
            )
            return None
        else:
            parameters.append(parameter.name)
            if parameter.default is parameter.empty:
                required.append(parameter.name)
    within = options.within
    if within is not None and not 0 < within <= 3600:
        report(
            "FK608", function, f"the tool {name} has within={within}, which is no time."
        )
        within = None
    return Tool(
        name,
        function,
        tuple(parameters),
        frozenset(required),
        takes_call,
        options.cannot_be_undone,
        within,
    )


def _validator(
    name: str, function: Callable[..., Any], report: Report
) -> ValidatorFunction | None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        report(
            "FK608",
            function,
            f"the validator {name} is async: a rule cannot wait.",
            "Make it a plain function; what must wait is a tool.",
        )
        return None
    parameters: list[str] = []
    defaults: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            report(
                "FK608",
                function,
                f"the validator {name} takes *{parameter.name}: its arguments must be "
                "names of slots and values.",
            )
            return None
        parameters.append(parameter.name)
        if parameter.default is not parameter.empty:
            defaults.append(parameter.name)
    return ValidatorFunction(
        name, function, tuple(parameters), frozenset(defaults), _refused_words(function)
    )


def _refused_words(function: Callable[..., Any]) -> frozenset[str] | None:
    """Return the words that a validator hands to ``Refused``, read from its source."""
    try:
        tree = ast.parse(inspect.cleandoc(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name == "Refused":
                for keyword in node.keywords:
                    if keyword.arg is None:
                        return None
                    words.add(keyword.arg)
            elif name and not hasattr(builtins, name):
                # a function of the developer's may return the refusal
                helper = getattr(function, "__globals__", {}).get(name)
                if inspect.isfunction(helper) and helper is not function:
                    return None
    return frozenset(words)


def _fields_of(function: Callable[..., Any]) -> frozenset[str] | None:
    """Return the fields of a tool's result if its type hints name them all."""
    annotation = getattr(function, "__annotations__", {}).get("return")
    if annotation is None:
        return None
    try:
        hint = get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001  # hints may name what exists only for a checker
        return None
    return _fields(hint)


def _fields(hint: Any) -> frozenset[str] | None:  # any: a type hint
    import types
    import typing

    origin = typing.get_origin(hint)
    if origin is typing.Union or origin is types.UnionType:
        parts = [
            _fields(part) for part in typing.get_args(hint) if part is not type(None)
        ]
        if not parts or any(part is None for part in parts):
            return None
        return frozenset().union(*(part for part in parts if part is not None))
    if not isinstance(hint, type):
        return None
    if typing.is_typeddict(hint):
        return frozenset(hint.__annotations__) | _inherited(hint)
    if hasattr(hint, "__dataclass_fields__"):
        return frozenset(hint.__dataclass_fields__)
    if issubclass(hint, tuple) and hasattr(hint, "_fields"):
        return frozenset(hint._fields)
    return None


def _inherited(hint: type) -> frozenset[str]:
    required: Mapping[str, object] = dict.fromkeys(
        getattr(hint, "__required_keys__", ())
    )
    return frozenset(required) | frozenset(getattr(hint, "__optional_keys__", ()))


def _collect_type(
    name: str, thing: type, extensions: Extensions, report: Report
) -> None:
    """Take a class with the methods of a slot type for one."""
    if not callable(getattr(thing, "parse", None)):
        return
    try:
        from flowkit.types.custom import spec_of
    except ImportError:
        return
    try:
        spec = spec_of(thing)
    except (TypeError, ValueError, AttributeError) as err:
        report("FK611", thing, f"the slot type {name} cannot be used: {err}.")
        return
    if spec.name in extensions.types:
        report("FK609", thing, f'there are two slot types "{spec.name}".')
        return
    extensions.types[spec.name] = spec

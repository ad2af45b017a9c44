"""The files of an agent: which there are, what each of them is, read once.

A path is a flow file or a folder. A flow file beside an ``agent.yaml`` is a part of that
agent and starts it. What a file is shows in its keys, not in its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from flowkit.authoring import source
from flowkit.authoring.codes import found
from flowkit.authoring.document import document, kind_of
from flowkit.authoring.nodes import Block, File, Node, Scalar
from flowkit.authoring.parts import Part
from flowkit.diagnostics import Diagnostic, Span

AGENT = ("agent.yaml", "agent.yml")
_MOST_FILES = 200
_SECRET = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAC[0-9a-f]{32}\b|"
    r"\bSK[0-9a-f]{32}\b|\bxox[abps]-[A-Za-z0-9-]{10,}|\bgh[pousr]_[A-Za-z0-9]{30,}|"
    r"\bAIza[A-Za-z0-9_-]{35}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_SECRET_STARTS = (
    "sk-", "AKIA", "ASIA", "AC", "SK", "xox", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "AIza", "-----BEGIN",
)  # fmt: skip


@dataclass(eq=False)
class Document:
    """One file as far as it could be read."""

    path: str
    """As it is shown."""
    file: Path | None
    kind: str | None
    """``flow``, ``agent``, ``translations``, ``tests``; None if nobody can tell."""
    part: Part | None
    whole: bool
    root: Node | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    """For tests: what is wrong with the YAML; it does not keep the agent from talking."""


@dataclass(eq=False)
class Files:
    """All files of an agent."""

    folder: Path | None
    agent: Document | None = None
    flows: list[Document] = field(default_factory=list)
    translations: list[Document] = field(default_factory=list)
    tests: list[Document] = field(default_factory=list)
    start: str | None = None
    """The path of the flow file that was named, if one was."""
    texts: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    whole: bool = True
    """All files could be read, from their first line to their last."""
    lost: bool = False
    """A file could not be read at all, so nobody knows what it is."""


def shown(path: Path) -> str:
    """Return a path as people want to see it: relative, if it lies below this folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def gather(path: Path, *, tests: bool = True) -> Files:
    """Read all files of the agent at a path.

    Args:
        path: A flow file, an ``agent.yaml``, or a folder.
        tests: Read its ``*.test.yaml`` too.
    """
    if path.is_dir():
        return _folder(path, None, tests=tests)
    if not path.exists():
        files = Files(None)
        files.whole, files.lost = False, True
        _complain(files, path, "there is nothing here.")
        return files
    if any((path.parent / name).is_file() for name in AGENT):
        start = None if path.name in AGENT else path
        return _folder(path.parent, start, tests=tests)
    files = Files(path.parent)
    _take(files, path)
    prefix = f"{path.name.rsplit('.', 1)[0]}."
    for other in sorted(path.parent.glob("*.y*ml")):
        if (
            other.name.startswith(prefix)
            and other != path
            and _is_yaml(other)
            and (tests or not _is_test(other))
        ):
            _take(files, other)
    return files


def pasted(text: str, name: str) -> Files:
    """Take a text for a flow file without a folder."""
    files = Files(None)
    _read(files, text, name, None)
    return files


def _folder(folder: Path, start: Path | None, *, tests: bool) -> Files:
    files = Files(folder)
    names = sorted(
        entry
        for entry in folder.glob("*.y*ml")
        if _is_yaml(entry) and (tests or not _is_test(entry))
    )
    if len(names) > _MOST_FILES:
        _complain(files, folder, f"there are {len(names)} files in this folder.")
        names = names[:_MOST_FILES]
    for entry in names:
        _take(files, entry)
    if start is not None:
        files.start = shown(start)
        if not any(flow.path == files.start for flow in files.flows):
            _take(files, start)
    return files


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml") and not path.name.startswith(".")


def _is_test(path: Path) -> bool:
    return path.name.endswith((".test.yaml", ".test.yml"))


def _take(files: Files, path: Path) -> None:
    name = shown(path)
    folder = files.folder
    try:
        if folder is not None and not path.resolve().is_relative_to(folder.resolve()):
            files.diagnostics.append(
                found(
                    "FK603",
                    Span(name),
                    "this file leads outside the folder of the agent.",
                    advice="Put the file itself into the folder.",
                )
            )
            files.whole, files.lost = False, True
            return
        if path.exists() and not path.is_file():  # a folder, a pipe, a device
            what = "a folder" if path.is_dir() else "no file that can be read"
            _complain(files, path, f"this is {what}.")
            files.whole, files.lost = False, True
            return
        if path.stat().st_size > source.LARGEST_FILE:
            files.diagnostics.append(source.too_large(path.stat().st_size, name))
            files.whole, files.lost = False, True
            return
        data = path.read_bytes()
    except OSError as err:
        _complain(files, path, f"this file cannot be read: {err.strerror}.")
        files.whole, files.lost = False, True
        return
    text, problems = source.decode(data, name)
    files.diagnostics += problems
    if text is None:
        files.whole, files.lost = False, True
        return
    _read(files, text, name, path)


def _complain(files: Files, path: Path, message: str) -> None:
    files.diagnostics.append(found("FK224", Span(shown(path)), message))


def _read(files: Files, text: str, name: str, path: Path | None) -> None:
    is_test = _is_test(Path(name))
    read = source.read(text, name, braces=is_test)
    files.diagnostics += _secrets(read.file)
    files.texts[name] = _masked(read.file.text)
    kind = "tests" if is_test else kind_of(read.root)
    if kind == "tests":
        files.tests.append(
            Document(name, path, kind, None, read.whole, read.root, read.diagnostics)
        )
        if path is not None and is_test:
            return
    if kind is None and not name.endswith((".yaml", ".yml")):
        # nothing in it is mended: it may be Python
        files.diagnostics.append(
            found(
                "FK219",
                Span(name),
                "this is not a flow: flows and agents are .yaml files.",
                advice="Name the folder of the agent, or the .yaml file in it.",
            )
        )
        files.whole, files.lost = False, True
        return
    files.diagnostics += read.diagnostics
    files.whole = files.whole and read.whole
    if kind == "tests":
        return
    if kind is None:
        if read.root is not None:
            files.diagnostics.append(_nothing_known(read.root, name))
        files.whole, files.lost = False, True
        return
    assert read.root is not None
    part, problems = document(read.root, kind, whole=read.whole)
    files.diagnostics += problems
    made = Document(name, path, kind, part, read.whole, read.root)
    if kind == "agent":
        if files.agent is not None:
            files.diagnostics.append(
                found(
                    "FK219",
                    Span(name),
                    f"there are two agents here; the other is in {files.agent.path}.",
                    advice="Keep one of them in this folder.",
                )
            )
            return
        files.agent = made
    elif kind == "flow":
        files.flows.append(made)
    else:
        files.translations.append(made)


def _nothing_known(root: Node, name: str) -> Diagnostic:
    if isinstance(root, Block) and root.entries:
        first = root.entries[0].key.span
    else:
        first = Span(name, root.span.line, root.span.column)
    what = "a text" if isinstance(root, Scalar) else "a list"
    message = "nothing here says what this file is"
    if not isinstance(root, Block):
        message += f": it is only {what}"
    return found(
        "FK219",
        first,
        f"{message}.",
        advice='A flow starts with "flow: NAME", agent.yaml with "agent: NAME".',
    )


def _masked(text: str) -> str:
    if not any(start in text for start in _SECRET_STARTS):
        return text
    return _SECRET.sub(lambda match: "•" * len(match[0]), text)


def _secrets(file: File) -> list[Diagnostic]:
    if not any(start in file.text for start in _SECRET_STARTS):
        return []
    problems = []
    for match in _SECRET.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        column = match.start() - file.text.rfind("\n", 0, match.start())
        problems.append(
            found(
                "FK225",
                Span(file.path, line, column, line, column + len(match[0])),
                "this looks like a secret key; everybody who sees this file has it now.",
                advice="Make the key invalid, and let the tool take a new one from the "
                "environment (os.environ).",
            )
        )
    return problems

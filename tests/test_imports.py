"""Which package may import which: the architecture, kept by looking at the imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "flowkit"

MAY_IMPORT = {
    "diagnostics": set(),
    "extensions": set(),
    "dialogue": {"diagnostics"},
    "languages": {"dialogue"},
    "types": {"dialogue", "diagnostics", "languages"},
    "authoring": {"diagnostics", "dialogue", "types", "languages", "extensions"},
    "understanding": {"diagnostics", "dialogue", "types", "languages"},
}
"""Layer -> layers of flowkit that it may import; those above are not restricted here."""
NEVER = {
    "dialogue": {"asyncio", "time", "random", "yaml", "jinja2", "pydantic", "pipecat"},
    "types": {"asyncio", "time", "random", "yaml", "jinja2", "pydantic", "pipecat"},
    "authoring": {"asyncio", "time", "random", "pipecat"},
    "understanding": {"time", "random", "yaml", "jinja2", "pydantic", "pipecat"},
}
ONLY_IN = {
    "yaml": {"authoring/source.py"},
    "jinja2": {"authoring/templates.py"},
}


def imports_of(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files_of(layer: str) -> list[Path]:
    folder = ROOT / layer
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{layer}.py"]


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_a_layer_imports_only_those_below_it(layer: str) -> None:
    wrong = []
    for path in files_of(layer):
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] == "flowkit" and len(parts) > 1:
                known = (ROOT / parts[1]).is_dir() or (ROOT / f"{parts[1]}.py").exists()
                if known and parts[1] != layer and parts[1] not in MAY_IMPORT[layer]:
                    wrong.append(f"{path.name} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("layer", NEVER)
def test_a_layer_never_imports_what_does_not_belong_to_it(layer: str) -> None:
    wrong = [
        f"{path.name} imports {name}"
        for path in files_of(layer)
        for name in imports_of(path)
        if name.split(".")[0] in NEVER[layer]
    ]
    assert wrong == []


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_package_is_imported_in_its_one_place(package: str) -> None:
    places = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if any(name.split(".")[0] == package for name in imports_of(path))
    }
    assert places <= ONLY_IN[package]


@pytest.mark.parametrize(
    "statement",
    [
        "import flowkit",
        "from flowkit.cli import main; main(['check', 'flows/restaurant'])",
    ],
)
def test_checking_loads_no_pipeline_no_numbers_and_no_web_server(
    statement: str,
) -> None:
    heavy = ["pipecat", "numpy", "fastapi", "uvicorn", "aiohttp", "openai", "tinydb"]
    code = f"{statement}\nimport sys\nprint([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT.parent,
        check=False,
    )
    assert ran.stdout.strip().splitlines()[-1:] == ["[]"], ran.stderr

"""The list of packages in pyproject.toml names every folder that has to be shipped."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def folders(top: str, name: str) -> set[str]:
    """Return the packages below a folder, by the name that they are imported under."""
    found = set()
    for path in [ROOT / top, *(ROOT / top).rglob("*")]:
        if path.is_dir() and "__pycache__" not in path.parts:
            files = [
                one for one in path.iterdir() if one.is_file() and one.suffix != ".pyc"
            ]
            if files:
                parts = path.relative_to(ROOT / top).parts
                found.add(".".join((name, *parts)))
    return found


def test_every_folder_is_packaged() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = set(tomllib.load(file)["tool"]["setuptools"]["packages"])
    wanted = folders("flowkit", "flowkit") | folders("playground", "flowkit.playground")
    wanted |= folders("flows", "flowkit._shipped.flows")
    assert wanted <= listed
    assert {name for name in listed if name != "flowkit._shipped.flows"} <= wanted

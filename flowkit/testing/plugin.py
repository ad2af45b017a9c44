"""pytest collects ``*.test.yaml``: one item a talk.

Installed as a plugin, so that ``pytest`` in a project runs its talks together with the
tests of its tools. Options of pytest (``-k``, ``-x``, ``--lf``) work as usual. Nothing of
flowkit is loaded before the first such file is met.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flowkit.authoring.talks import Talk
    from flowkit.testing.finding import Library, Suite
    from flowkit.testing.runner import Played

_LIBRARY = pytest.StashKey["Library"]()


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Collect a file of talks."""
    if file_path.name.endswith((".test.yaml", ".test.yml")):
        return TalkFileCollector.from_parent(parent, path=file_path)
    return None


class TalkFileCollector(pytest.File):
    """One ``*.test.yaml``."""

    def collect(self) -> Iterable[pytest.Item]:
        """Return the talks of the file; one that cannot be read is an error."""
        from flowkit.diagnostics import render_text

        library = _library(self.config)
        suite = library.suite(_from_here(self.path))
        if suite.diagnostics:
            raise self.CollectError(render_text(suite.diagnostics, suite.texts))
        for talk in suite.talks:
            yield TalkItem.from_parent(self, name=talk.name, talk=talk, suite=suite)


class TalkItem(pytest.Item):
    """One talk."""

    # Any: pytest passes its own arguments through
    def __init__(self, *, talk: Talk, suite: Suite, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._talk = talk
        self._suite = suite

    def runtest(self) -> None:
        """Play the talk."""
        from flowkit.testing.runner import play

        agent = self._suite.agent
        assert agent is not None  # else there are no talks
        library = _library(self.config)
        played = asyncio.run(
            play(
                self._talk,
                agent,
                understander=library.understander(agent),
                coverage=library.coverage(agent),
            )
        )
        if played.failure is not None:
            raise TalkFailedError(played) from played.failure.error

    # Any: pytest's own types of these are private
    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """Show the conversation instead of a traceback."""
        if isinstance(excinfo.value, TalkFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the talk."""
        return self.path, self._talk.span.line - 1, self._talk.name


class TalkFailedError(AssertionError):
    """A talk did not go as its file says; the text shows the conversation."""

    def __init__(self, played: Played) -> None:
        super().__init__(played.talk.name)
        self.played = played

    def __str__(self) -> str:
        from flowkit.testing.report import render_failure

        return render_failure(self.played)


def _library(config: pytest.Config) -> Library:
    if _LIBRARY not in config.stash:
        from flowkit.testing.finding import Library

        config.stash[_LIBRARY] = Library()
    return config.stash[_LIBRARY]


def _from_here(path: Path) -> Path:
    """Return a path as it is shown: relative to where pytest runs, if it is below."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path

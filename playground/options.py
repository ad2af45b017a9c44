"""What the tester asked for on the command line, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flowkit.cli import UsageError
from flowkit.dialogue.flow import Agent

from .conversation import Setup
from .given import caller_number, moment, read_given
from .screen import Screen
from .speaker import Speaker


@dataclass(frozen=True, slots=True)
class Options:
    """The options of ``flowkit play``."""

    path: Path
    """The agent's folder or flow file."""
    script: Path | None = None
    now: str | None = None
    as_json: bool = False
    caller: str | None = None
    data: Path | None = None
    record: Path | None = None
    given: Path | None = None
    language: str | None = None
    speak: bool = False
    debug: bool = False


def setup_of(options: Options, agent: Agent) -> Setup:
    """Return how calls to an agent are made.

    Raises:
        UsageError: An option cannot be used.
    """
    if options.language is not None and options.language not in agent.languages:
        known = ", ".join(agent.languages)
        raise UsageError(
            f'the agent does not speak "{options.language}", only: {known}.'
        )
    for folder in (options.record, options.data):
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise UsageError(
                f"the folder {folder} cannot be made: {err.strerror}."
            ) from err
    setup = Setup(language=options.language, record=options.record)
    if options.now is not None:
        setup = replace(setup, now=moment(options.now, agent))
    if options.caller is not None:
        setup = replace(setup, number=caller_number(options.caller, agent))
    if options.given is not None:
        setup = replace(setup, given=read_given(options.given, agent))
    return setup


def speaker_of(options: Options, agent: Agent, screen: Screen) -> Speaker | None:
    """Return what reads the agent's words aloud, if that is wanted and possible."""
    if not options.speak:
        return None
    try:
        return Speaker(options.language or agent.language)
    except LookupError:
        screen.problem(
            "--speak needs espeak-ng, which is not installed here "
            "(on Debian and Ubuntu: apt install espeak-ng). The talk goes on in silence."
        )
        return None

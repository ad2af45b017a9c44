"""``flowkit test``: play the talks of ``*.test.yaml`` and say what differs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from flowkit.cli import FOUND, OK, UsageError
from flowkit.cli.screen import BOLD, GREEN, RED, colour_findings, is_coloured, paint
from flowkit.cli.subjects import agents
from flowkit.diagnostics import in_order, render_text
from flowkit.testing.finding import Library, Suite, is_test_file, test_files
from flowkit.testing.report import (
    Results,
    render_failure,
    render_missed,
    render_summary,
    to_json,
    transcript,
)
from flowkit.testing.runner import Played, play


def main(argv: Sequence[str] | None = None) -> int:
    """Run talks; 0: all passed, 1: some failed or cannot be read, 2: none to run."""
    parser = argparse.ArgumentParser(
        prog="flowkit test",
        description="Play the conversations of *.test.yaml and say where they differ.",
        epilog="No model and no network is used; time is simulated.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a test file, a flow, an agent's folder, or the name of an agent that "
        "comes with flowkit (default: this folder and those below it)",
    )
    parser.add_argument(
        "-k",
        metavar="TEXT",
        dest="wanted",
        default="",
        help="only tests with this text in their name",
    )
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="list the steps, rules, rungs and side questions that no test reached",
    )
    parser.add_argument(
        "--verbose",
        "-v",
        action="store_true",
        help="print every conversation, not only those that fail",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how results are printed: for people or for programs",
    )
    options = parser.parse_args(argv)
    started = time.perf_counter()
    library = Library()
    suites = [library.suite(path) for path in _files(options.paths)]
    if options.wanted and not any(_chosen(one, options.wanted) for one in suites):
        raise UsageError(f'no test has "{options.wanted}" in its name.')
    text = options.format == "text"
    played = asyncio.run(
        _run(library, suites, options.wanted, told=text, verbose=options.verbose)
    )
    results = Results(
        tuple(played),
        tuple(in_order(found for one in suites for found in one.diagnostics)),
        tuple(library.coverages),
        time.perf_counter() - started,
    )
    if text:
        _print_text(results, suites, listed=options.coverage)
    else:
        print(json.dumps(to_json(results), ensure_ascii=False, indent=2))
    return FOUND if results.failed or results.diagnostics else OK


def _files(words: Sequence[str]) -> list[Path]:
    found: dict[Path, None] = {}
    for word in words or ["."]:
        path = Path(word)
        if path.is_dir() or (path.is_file() and is_test_file(path)):
            places = [path]
        else:
            places = agents([word])
        for place in places:
            found.update(dict.fromkeys(test_files(place)))
    if not found:
        where = ", ".join(words) if words else "this folder"
        raise UsageError(f"there is no *.test.yaml in {where}.")
    return list(found)


def _chosen(suite: Suite, wanted: str) -> list[int]:
    return [
        n
        for n, talk in enumerate(suite.talks)
        if wanted.casefold() in talk.name.casefold()
    ]


async def _run(
    library: Library,
    suites: Sequence[Suite],
    wanted: str,
    *,
    told: bool,
    verbose: bool,
) -> list[Played]:
    all_played: list[Played] = []
    for suite in suites:
        if suite.agent is None:
            continue
        coverage = library.coverage(suite.agent)
        played: list[Played] = []
        for n in _chosen(suite, wanted):
            talk = suite.talks[n]
            one = await play(
                talk,
                suite.agent,
                understander=library.understander(suite.agent),
                coverage=coverage,
            )
            played.append(one)
            if told and verbose:
                print(f"{talk.span.path}:{talk.span.line}: {talk.name}")
                print("\n".join(transcript(one.transcript)) + "\n")
        if told and played:
            _print_file(suite, played)
        all_played += played
    return all_played


def _print_file(suite: Suite, played: Sequence[Played]) -> None:
    failed = sum(not one.passed for one in played)
    outcome = f"{failed} of {len(played)} failed" if failed else f"{len(played)} passed"
    if is_coloured():
        outcome = paint(outcome, RED if failed else GREEN)
    print(f"{suite.path}: {outcome}")


def _print_text(results: Results, suites: Sequence[Suite], *, listed: bool) -> None:
    if results.diagnostics:
        texts = {name: text for one in suites for name, text in one.texts.items()}
        text = render_text(results.diagnostics, texts)
        print(colour_findings(text) if is_coloured() else text)
    coloured = is_coloured()
    for played in results.failed:
        text = render_failure(played)
        head, rest = text.split("\n", 1)
        print(f"\n{paint(head, BOLD, RED) if coloured else head}\n{rest}", end="")
    if listed:
        for coverage in results.coverage:
            print("\n" + render_missed(coverage))
    first, *others = render_summary(results).split("\n")
    if coloured:
        first = paint(first, BOLD, RED if results.failed else GREEN)
    print("\n" + "\n".join([first, *others]))
    if results.diagnostics:
        print("Some tests could not be run: see above.", file=sys.stderr)

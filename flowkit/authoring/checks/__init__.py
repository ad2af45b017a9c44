"""Checks that look at a whole flow or agent, a small function each.

They run after a flow was built, so every name has a meaning and every sentence is
compiled; they report and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from flowkit.authoring.checks import agents, conditions, order, slots, speech
from flowkit.authoring.checks.known import Walk
from flowkit.authoring.drafts import Draft
from flowkit.authoring.files import Files
from flowkit.authoring.settings import Settings
from flowkit.diagnostics import Diagnostic

__all__ = ["check_agent", "check_flow", "check_shared_parts"]


def check_flow(draft: Draft, carried: frozenset[str]) -> None:
    """Look at one flow as a whole; findings go to the draft.

    Args:
        draft: The flow, built.
        carried: Slots that other flows fill when they go to this one.
    """
    made = draft.flow
    if made is None:
        return
    conditions.check_comparisons(draft, made)
    conditions.check_rules(draft)
    speech.check_speech(draft)
    order.check_unreachable(draft, made)
    order.check_blocks(draft, made)
    order.check_ladders(draft, made)
    order.check_skips(draft)
    order.check_confirms(draft, made)
    order.check_offers(draft, made)
    slots.check_private(draft, made)
    if not draft.whole:
        return  # what is missing may stand in the part that could not be read
    walk = Walk(draft, made)
    walk.cyclic = order.cyclic_results(draft, made)
    walk.run()
    order.check_commits(draft, made, walk)
    speech.check_said_once(draft, made)
    if draft.nothing_left_out:
        slots.check_use(draft, made, carried)
        slots.check_questions(draft, made)


def check_shared_parts(draft: Draft) -> None:
    """Look at what stands in agent.yaml."""
    conditions.check_comparisons(draft, None)
    conditions.check_rules(draft)
    speech.check_speech(draft)
    order.check_skips(draft)


def check_agent(
    files: Files,
    settings: Settings,
    drafts: list[Draft],
    agent_draft: Draft | None,
    start: str | None,
) -> Iterator[Diagnostic]:
    """Yield what is wrong with an agent as a whole."""
    yield from agents.check_cycles(drafts)
    yield from agents.check_started(drafts, start, files)
    yield from agents.check_shared(drafts)
    yield from agents.check_overlaps(drafts, agent_draft)
    yield from agents.check_translations(files, settings, drafts, agent_draft)

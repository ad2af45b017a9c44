"""The playground through a pipe: what people and programs get to see."""

import json
import os
from pathlib import Path

import pytest
from flowkit.cli import UsageError
from flowkit.cli import main as flowkit

SAID_ALL = ("four people", "on friday", "Anna Rossi", "yes")


def turn(number, caller, **others):
    return {
        "turn": number,
        "caller": caller,
        "acts": [],
        "bot": [],
        "slots": {},
        "tools": [],
        "waiting_for": None,
        "outcome": None,
        "reason": None,
    } | others


def test_a_transcript_reads_like_a_test(play):
    done = play(*SAID_ALL)
    assert (done.code, done.err) == (0, "")
    assert done.lines == [
        "bot: Hello, this is Bella. For how many people?",
        "caller: four people",
        "bot: For which day?",
        "caller: on friday",
        "bot: Friday the twenty-seventh, then. What is your name?",
        "caller: Anna Rossi",
        "bot: A table for four on Friday the twenty-seventh, under Anna Rossi. "
        "Is that right?",
        "caller: yes",
        "bot: You're booked, B 1.",
        "— The call is over: booked.",
    ]


def test_json_lines_are_whole(play):
    done = play("four people on friday", options=("--json",))
    assert done.turns == [
        turn(
            0,
            None,
            bot=["Hello, this is Bella. For how many people?"],
            waiting_for="party_size",
        ),
        turn(
            1,
            "four people on friday",
            acts=[
                {"act": "set", "slot": "party_size", "value": 4, "text": "four people"},
                {
                    "act": "set",
                    "slot": "date",
                    "value": "2026-11-27",
                    "computed": True,
                    "text": "friday",
                },
            ],
            bot=["Friday the twenty-seventh, then. What is your name?"],
            slots={"party_size": 4, "date": "2026-11-27"},
            tools=[
                {
                    "name": "look",
                    "args": {"party_size": 4, "date": "2026-11-27"},
                    "result": {"status": "free"},
                }
            ],
            waiting_for="name",
        ),
    ]
    assert list(done.turns[1]) == list(turn(0, None))

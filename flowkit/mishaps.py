"""Errors of developers' code in the log: what kind and where, not in which words.

What a validator or a tool raises often quotes the value it was given, which is a caller's
name or number, and logs are kept and sent about. At ERROR a record tells the kinds of the
error and its causes with their places in the code; its words are for DEBUG. Handlers that
may show them all the same, as a playground's may, find them in the record:

* ``record.told``: the message with the words;
* ``record.error``: the error.
"""

from __future__ import annotations

import logging
import traceback


def log_mishap(
    log: logging.Logger, where: str, error: BaseException, *, told: str = ""
) -> None:
    """Log an error that developers' code raised.

    Args:
        log: The logger of the module that met it.
        where: What failed, without words of the caller.
        error: What was raised.
        told: The message for those who may read the words; by default ``where``.
    """
    log.error(
        "%s: %s", where, outline(error), extra={"error": error, "told": told or where}
    )
    log.debug("%s", told or where, exc_info=error)


def outline(error: BaseException) -> str:
    """Return the kinds of an error and its causes, each with its traceback, no messages."""
    parts: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        places = "".join(traceback.format_tb(one.__traceback__)).rstrip()
        parts.append(f"{type(one).__name__}\n{places}".rstrip())
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\nbecause of ".join(parts)

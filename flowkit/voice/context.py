"""What the caller says, read from the context that Pipecat's aggregators keep.

The context is a view of the conversation: the aggregators write to it, developers may add
to it, a summary may replace its beginning. The reader finds in it what the caller has said
since it last looked, each word once.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipecat.processors.aggregators.llm_context import LLMContext


class ContextReader:
    """Reads the caller's new words; what is in the context at first was said before."""

    def __init__(self, context: LLMContext) -> None:
        messages = context.get_messages()
        self._last: object = messages[-1] if messages else None

    def new_words(self, context: LLMContext) -> str:
        """Return what the caller said since the last time, or an empty text.

        A message of the caller need not stand last: the agent's own words may have come
        behind it, when both ended in the same moment. What was read is known by its last
        message; if that is gone, the context was summed up or replaced, and only the words
        at its very end are new.
        """
        messages = context.get_messages()
        first = len(messages)
        while first and messages[first - 1] is not self._last:
            first -= 1
        if not first and self._last is not None:
            first = len(messages)
            while first and _role(messages[first - 1]) == "user":
                first -= 1
        self._last = messages[-1] if messages else None
        fresh = messages[first:]
        return " ".join(_text(one) for one in fresh if _role(one) == "user").strip()


def _role(message: object) -> str | None:
    """Return who wrote a message; None for a provider's own kind."""
    return message.get("role") if isinstance(message, dict) else None


def _text(message: object) -> str:
    """Return the words of a message, whose content may come in parts."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return content
    parts: Sequence[object] = content if isinstance(content, list) else ()
    return " ".join(
        str(part.get("text", "")) for part in parts if isinstance(part, dict)
    )

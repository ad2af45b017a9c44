"""An understander that says what a test told it to."""

from __future__ import annotations

from collections import deque

from flowkit.dialogue.acts import Act
from flowkit.dialogue.request import Request, Understanding
from flowkit.ports import Understander


class ScriptedUnderstander:
    """Answers with acts that were laid out before, then asks another understander.

    Args:
        otherwise: Who understands what no acts were laid out for; None: that is an error.

    Example:
        >>> from flowkit.dialogue import acts
        >>> script = ScriptedUnderstander()
        >>> script.expect(acts.Yes())
    """

    def __init__(self, otherwise: Understander | None = None) -> None:
        self._otherwise = otherwise
        self._next: deque[tuple[Act, ...]] = deque()

    def expect(self, *acts: Act) -> None:
        """Lay out the acts of the next utterance that has none yet."""
        self._next.append(acts)

    def forget(self) -> None:
        """Drop what was laid out and never asked for."""
        self._next.clear()

    async def understand(self, request: Request) -> Understanding:
        """Return the acts that were laid out, or what the other understander says.

        Raises:
            LookupError: Nothing was laid out and there is nobody else to ask.
        """
        if self._next:
            return Understanding(self._next.popleft(), by="script")
        if self._otherwise is None:
            raise LookupError(f"no acts were laid out for `{request.text}`")
        return await self._otherwise.understand(request)

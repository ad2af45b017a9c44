"""How a developer's tool is called: what goes in, where it runs, what it may do wrong.

Arguments are opened to Python objects by the types of the flow; results come back as
plain data (``plaindata``). Functions that block run in threads of their own. Whatever a
tool raises becomes an answer: only ``ToolError`` is a tool's right.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flowkit.contracts import ContractError, contract_of
from flowkit.dialogue import effects
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent, Do
from flowkit.extensions import ToolCall, ToolError
from flowkit.plaindata import NotDataError, plain

T = TypeVar("T")

# Any: a developer's function may take and return whatever it likes
ToolFunction = Callable[..., Any]


class ExtensionError(Exception):
    """A developer's function broke its contract: it raised, or returned no plain data.

    A tool that raises ``ToolError`` keeps the contract, and is not reported as this. The
    error of the function itself is the ``__cause__``.
    """

    def __init__(self, function: str, *, line: str, problem: str) -> None:
        super().__init__(function, line, problem)
        self.function = function
        """The tool, validator or expression, by name."""
        self.line = line
        """``file:line`` of the flow that used it, or empty."""
        self.problem = problem

    def __str__(self) -> str:
        at = f", used at {self.line}" if self.line else ""
        return f"`{self.function}`{at}: {self.problem}"


class ToolFailure(Exception):  # noqa: N818  # an answer, not an error of this program
    """A call did not succeed; the text says why.

    The ``__cause__`` is an ``ExtensionError`` when the tool broke its contract.
    """


class ToolCaller:
    """Calls an agent's tools, or the functions that stand in for them.

    Args:
        agent: Whose tools.
        stand_ins: Functions to call instead, by name; looked up at each call.
        call_id: The id of the phone call.
        number: The caller's number.
        data: The folder for the agent's own data.
        threads: Run functions that are not async in a thread each.
    """

    def __init__(
        self,
        agent: Agent,
        *,
        stand_ins: Mapping[str, ToolFunction],
        call_id: str,
        number: str | None,
        data: str,
        threads: bool,
    ) -> None:
        self._agent = agent
        self._stand_ins = stand_ins
        self._call_id = call_id
        self._number = number
        self._data = data
        self._threads = threads
        self._attempts: dict[str, int] = {}

    async def call(self, effect: effects.CallTool) -> Json:
        """Call a tool and return its result as plain data.

        Raises:
            ToolFailure: It raised, or returned what is not data.
        """
        try:
            return plain(await self._invoke(effect))
        except ToolError as err:
            raise ToolFailure(str(err) or type(err).__name__) from None
        except (NotDataError, ContractError) as err:
            raise ToolFailure(str(err)) from self.breakage(effect, str(err))
        except (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as err:  # noqa: BLE001  # developers' code may raise anything
            problem = f"raised {type(err).__name__}: {err}"
            broken = self.breakage(effect, problem)
            broken.__cause__ = err
            raise ToolFailure(f"{type(err).__name__}: {err}") from broken

    def breakage(self, effect: effects.CallTool, problem: str) -> ExtensionError:
        """Return the error that tells a developer what their tool did."""
        flow = self._agent.flows.get(effect.flow)
        step = flow.by_id.get(effect.step) if flow else None
        return ExtensionError(
            effect.tool, line=step.line if step else "", problem=problem
        )

    async def _invoke(self, effect: effects.CallTool) -> object:
        function = self._stand_ins.get(effect.tool)
        contract = None
        if function is None:
            declared = self._agent.tools.get(effect.tool)
            if declared is None:
                raise LookupError(f"the agent has no tool `{effect.tool}`")
            function = declared.function
            contract = contract_of(function)
        attempt = self._attempts[effect.key] = self._attempts.get(effect.key, 0) + 1
        call = ToolCall(
            id=self._call_id,
            idempotency_key=effect.key,
            attempt=attempt,
            data=self._data,
            number=self._number,
        )
        arguments = open_arguments(self._agent, effect)
        if contract is not None:
            arguments = {
                name: contract.given(name, value) for name, value in arguments.items()
            }
        keywords = _bind(function, arguments, call)
        if self._threads and not _is_async(function):
            result = await _in_thread(lambda: function(**keywords))
        else:
            result = function(**keywords)
        result = await result if inspect.isawaitable(result) else result
        return result if contract is None else contract.returned(result)


def open_arguments(agent: Agent, call: effects.CallTool) -> dict[str, object]:
    """Return the arguments as Python objects: dates, times, numbers.

    A value that its type cannot open is passed as the data it is; an empty one is None.
    """
    flow = agent.flows.get(call.flow)
    step = flow.by_id.get(call.step) if flow else None
    types = (
        {argument.name: argument.type for argument in step.arguments}
        if isinstance(step, Do)
        else {}
    )
    opened: dict[str, object] = {}
    for name, data in call.arguments.items():
        slot_type = types.get(name)
        if data is None or slot_type is None:
            opened[name] = data
            continue
        try:
            opened[name] = slot_type.open(data)
        except (ValueError, TypeError):
            opened[name] = data
    return opened


def _bind(
    function: ToolFunction, arguments: Mapping[str, object], call: ToolCall
) -> dict[str, object]:
    """Return the keywords to call a function with: what it takes, and ``call`` if wanted.

    Arguments that the function has no parameter for are left out, so that a stand-in may
    take fewer; a parameter that is missing is the function's own error when called.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (ValueError, TypeError):
        return dict(arguments)
    takes_all = any(
        p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()
    )
    bound = {
        name: value
        for name, value in arguments.items()
        if takes_all or name in parameters
    }
    if "call" in parameters and "call" not in arguments:
        bound["call"] = call
    return bound


def _is_async(function: ToolFunction) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004  # an object with async __call__
    )


async def _in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in a daemon thread of its own.

    A pool's threads are waited for when the interpreter ends, so one tool that hangs
    would keep a finished program alive; and it would starve the tools of other calls.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: T | None, err: BaseException | None) -> None:
        if future.done():  # cancelled, or given up
            return
        if err is not None:
            future.set_exception(err)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # set when no error

    def run() -> None:
        result: T | None = None
        err: BaseException | None = None
        try:
            result = context.run(work)
        except StopIteration as raised:  # a future refuses to carry it
            err = RuntimeError("raised StopIteration")
            err.__cause__ = raised
        except BaseException as raised:  # noqa: BLE001  # handed to the awaiting task
            err = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, err)

    threading.Thread(target=run, name="flowkit-tool", daemon=True).start()
    return await future

"""The telephones that the server under test is expected to call, by their numbers."""

import asyncio
from collections import deque

from emulators.call_result import CallResult
from emulators.caller import PlayableStep
from emulators.network_script import Reaction
from emulators.phone_call import CallOptions, Listener
from emulators.scenario import Scenario


class ExpectedCall:
    """A call that the server is to place."""

    def __init__(
        self,
        scenario: Scenario,
        steps: tuple[PlayableStep, ...],
        *,
        reaction: Reaction,
        options: CallOptions,
        listener: Listener,
    ) -> None:
        self.scenario = scenario
        self.steps = steps
        self.reaction = reaction
        self.options = options
        self.listener = listener
        self._over = asyncio.Event()
        self._result: CallResult | None = None

    def end(self, result: CallResult) -> None:
        """It is over."""
        self._result = result
        self._over.set()

    async def result(self) -> CallResult:
        """Wait until the call was placed and is over."""
        await self._over.wait()
        if self._result is None:
            raise RuntimeError("over without a result")
        return self._result


class CalledPhones:
    """Who is expected to be called. Each entry is one call."""

    def __init__(self) -> None:
        self._expected: dict[str, deque[ExpectedCall]] = {}

    def expect(self, number: str, call: ExpectedCall) -> None:
        """Let this number ring so when it is next called."""
        self._expected.setdefault(number, deque()).append(call)

    def take(self, number: str) -> ExpectedCall | None:
        """The next entry of a number that is called."""
        entries = self._expected.get(number)
        return entries.popleft() if entries else None

    @property
    def unconsumed(self) -> list[str]:
        """The numbers that were not called, each as often as it was not."""
        return [number for number, entries in self._expected.items() for _ in entries]

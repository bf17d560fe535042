"""An assistant that costs something, as long as there is a budget for it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from agent.assistant import Assistant, Output, Reserve, Spend, StopSpending
from agent.budget import Budget, Limit
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.errors import OverBudget
from agent.facts import Spent


class BudgetedAssistant:
    """Lets an assistant reply until the call's budget is spent; satisfies ``agent.assistant.Assistant``.

    Then it raises ``OverBudget``, before a model is asked once more, and ``FallbackAssistant`` lets
    the script go on: also amid a reply that would ask again, for what its tools have answered.

    Args:
        inner: Who replies.
        budget: Of each call.
        now: The time of day, timezone-aware.
    """

    def __init__(self, inner: Assistant, budget: Budget, now: Callable[[], datetime]) -> None:
        self._inner = inner
        self._budget = budget
        self._now = now

    def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Open the call."""
        return self._within(dialogue, self._inner.greet(dialogue))

    def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Answer what the caller said.

        Raises:
            OverBudget: There is nothing left to be spent.
            AssistantError: As ``inner``.
        """
        return self._within(dialogue, self._inner.reply(dialogue, utterance))

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask whether the caller is still there."""
        return self._within(dialogue, self._inner.nudge(dialogue))

    async def warm_up(self) -> None:
        """Warm it up."""
        await self._inner.warm_up()

    async def _within(self, dialogue: Dialogue, outputs: AsyncIterator[Output]) -> AsyncIterator[Output]:
        spent = dialogue.spent
        if spent.limit:
            raise OverBudget(spent.limit)
        if (limit := self._limit(dialogue, spent)) is not None:
            yield StopSpending(limit.value)
            raise OverBudget(limit.value)
        async with closing(outputs):
            async for output in outputs:
                match output:
                    case Spend(usage=usage):
                        spent = spent.plus(usage)
                    case Reserve(usage=reserved) if reserved is not None and not reserved.completion_tokens:
                        # A request is about to be made; the first one of a reply was allowed above.
                        limit = self._limit(dialogue, spent)
                        if limit is not None:
                            yield StopSpending(limit.value)
                            raise OverBudget(limit.value)
                    case _:
                        pass
                yield output

    def _limit(self, dialogue: Dialogue, spent: Spent) -> Limit | None:
        return self._budget.reached(spent, dialogue.began_at, self._now())

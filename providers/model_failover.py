"""Several language models as one: when one fails, the next one answers; when one is late, a second one is asked too.

    begin ─► the first model whose breaker lets us in ─► its first word ─► the rest
                │ fails                                       │ late: hedge      │ breaks off
                ▼                                             ▼                  ▼
             the next model                        who speaks first wins      the next model goes on

What was given out cannot be taken back: it may have been spoken. So when an answer breaks
off, the next model is shown what was said and asked to go on, and what it repeats is left
out. Only when tools have been called is that not safe, since they would be called again;
then, and when no model is left, the failure goes up, and the upper layer ends the reply
(``agent.fallback``). A content filter's refusal goes up at once: another model would
refuse too, or worse, would not.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Final

from agent.chat import (
    ChatDelta,
    ChatMessage,
    ChatModel,
    Completed,
    Finished,
    Prompted,
    Role,
    TextDelta,
    ToolCall,
    ToolSpec,
)
from agent.errors import AssistantError, ContentFiltered, ModelFailed, ModelOverloaded, ModelUnavailable
from agent.facts import ModelUsage
from agent.model_records import HedgeOutcome, ModelHedged, ModelStumbled, ObserveModel, unobserved
from agent.spending import estimated_usage, is_free
from providers.circuit_breaker import BreakerSettings, CircuitBreaker
from providers.continuation import Continuation
from providers.hedging import FirstWordTimes, HedgeBudget, HedgeSettings

_GO_ON: Final = "The connection broke after the words that you said last. Go on right there, and repeat nothing."


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model, and what it is called in records: as configured, never a caller's word."""

    name: str
    chat: ChatModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FailoverSettings:
    """How far to go for an answer."""

    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    hedge: HedgeSettings = field(default_factory=HedgeSettings)
    continues: bool = True
    """Another model goes on where one broke off."""


class FailoverChat:
    """Models in the order in which they are asked; satisfies ``agent.chat.ChatModel``. Shared by all calls.

    Args:
        models: At least one.
        settings: See there.
        now: Monotonic seconds.
        observe: Told of failures and hedges.
    """

    def __init__(
        self,
        models: Sequence[NamedModel],
        settings: FailoverSettings = FailoverSettings(),
        *,
        now: Callable[[], float],
        observe: ObserveModel = unobserved,
    ) -> None:
        if not models:
            raise ValueError("there is no model to be asked")
        self._settings = settings
        self._now = now
        self._observe = observe
        self._members = tuple(
            _Member(model.name, model.chat, CircuitBreaker(settings.breaker), FirstWordTimes(settings.hedge))
            for model in models
        )
        self._budget = HedgeBudget(settings.hedge)

    @property
    def name(self) -> str:
        """Of the first one."""
        return self._members[0].name

    def in_order(self, places: Sequence[int]) -> "FailoverChat":
        """The same models in another order; what is known of them is known to both.

        Args:
            places: Of the models as they were given, each at most once, at least one.
        """
        if not places:
            raise ValueError("there is no model to be asked")
        other = copy(self)
        other._members = tuple(self._members[place] for place in places)
        return other

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        """Complete a dialogue, with whichever model can.

        Raises:
            ContentFiltered: The model that was asked refused, or was cut.
            ModelFailed: No model was left, or it was too late to change to another one.
        """
        self._budget.requested()
        left = list(self._members)
        said, asked = "", tuple(messages)
        rest: Continuation | None = None
        has_called = False
        broke_off: ModelFailed | None = None
        beside: list[ModelUsage] = []
        while True:
            said_before = len(said)
            try:
                attempt = await self._begin(left, asked, tools, beside)
            except ModelFailed as error:
                raise broke_off or error from error
            try:
                async for delta in attempt.deltas():
                    has_called = has_called or isinstance(delta, ToolCall)
                    for piece in _without_repetition(delta, rest):
                        said += piece.text if isinstance(piece, TextDelta) else ""
                        yield _with_bill(piece, attempt, beside)
                attempt.succeeded()
                return
            except ModelFailed as error:
                self._stumbled(attempt, error)
                if has_called or not self._settings.continues:
                    raise
                broke_off = error
                beside.append(attempt.usage(said[said_before:]))
            except ContentFiltered:
                attempt.succeeded()
                raise
            finally:
                await attempt.close()
            asked = (*messages, Completed(said), Prompted(Role.SYSTEM, _GO_ON))
            rest = Continuation(said)

    async def warm_up(self) -> None:
        """Warm up every model.

        Raises:
            AssistantError: None of them can be used.
        """
        failures: list[AssistantError] = []
        for member in self._members:
            try:
                await member.chat.warm_up()
            except AssistantError as error:
                self._observe(ModelStumbled(member.name, type(error).__name__))
                failures.append(error)
        if len(failures) == len(self._members):
            raise failures[0]

    async def _begin(
        self,
        left: list["_Member"],
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        beside: list[ModelUsage],
    ) -> "_Attempt":
        """The first word of the first model that has one; whoever was asked is no longer ``left``.

        What others cost that were asked, too, goes to ``beside``.
        """
        failure: AssistantError | None = None
        while (member := self._next(left)) is not None:
            race = _Race(_Attempt(member, messages, tools, self._now))
            await race.run(member.times.late_after_s(), lambda: self._hedge(left, messages, tools))
            for attempt in race.attempts:
                if attempt.error is not None:
                    failure = attempt.error
                    self._stumbled(attempt, attempt.error)
                if attempt is not race.winner and not (attempt.error is not None and is_free(attempt.error)):
                    beside.append(attempt.usage(""))
            self._tell_hedge(race)
            if race.winner is not None:
                return race.winner
            if isinstance(failure, ContentFiltered):
                raise failure
        raise failure or ModelUnavailable("every language model has failed lately and is left alone for a while")

    def _next(self, left: list["_Member"]) -> "_Member | None":
        while left:
            member = left.pop(0)
            if member.breaker.enter(self._now()):
                return member
        return None

    def _hedge(
        self, left: list["_Member"], messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> "_Attempt | None":
        """A second request, if there is somebody to be asked, and if it is not too many."""
        if not any(member.breaker.allows(self._now()) for member in left) or not self._budget.take():
            return None
        member = self._next(left)
        return None if member is None else _Attempt(member, messages, tools, self._now)

    def _stumbled(self, attempt: "_Attempt", error: AssistantError) -> None:
        if isinstance(error, ContentFiltered):
            attempt.succeeded()  # the service works
            return
        attempt.failed(error)
        self._observe(ModelStumbled(attempt.member.name, type(error).__name__))

    def _tell_hedge(self, race: "_Race") -> None:
        if len(race.attempts) > 1:
            outcome = HedgeOutcome.NEITHER
            if race.winner is not None:
                outcome = HedgeOutcome.FIRST if race.winner is race.attempts[0] else HedgeOutcome.SECOND
            self._observe(ModelHedged(race.attempts[0].member.name, outcome))


@dataclass(frozen=True, slots=True)
class _Member:
    """One model with what is known of it."""

    name: str
    chat: ChatModel
    breaker: CircuitBreaker
    times: FirstWordTimes


class _Attempt:
    """One request to one model."""

    def __init__(
        self, member: _Member, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec], now: Callable[[], float]
    ) -> None:
        self.member = member
        self._asked = (messages, tools)
        self._now = now
        self._began_at = now()
        self._stream = member.chat.stream(messages, tools)
        self._first: ChatDelta | None = None
        self._is_settled = False
        self.error: AssistantError | None = None

    def usage(self, said: str) -> ModelUsage:
        """About what it cost, for when it does not tell."""
        return estimated_usage(self.member.name, *self._asked, said)

    async def begin(self) -> None:
        """Wait for the first delta, or for the failure."""
        try:
            self._first = await anext(self._stream)
        except AssistantError as error:
            self.error = error
        except StopAsyncIteration:
            self.error = ModelUnavailable("the language model gave no answer")
        if self.error is None:
            self.member.times.add(self._now() - self._began_at)

    async def deltas(self) -> AsyncGenerator[ChatDelta, None]:
        """All of it, the first one too."""
        assert self._first is not None
        yield self._first
        async for delta in self._stream:
            yield delta

    def succeeded(self) -> None:
        """The model has answered."""
        if not self._is_settled:
            self._is_settled = True
            self.member.breaker.succeeded()

    def failed(self, error: AssistantError) -> None:
        """The model has failed."""
        if not self._is_settled:
            self._is_settled = True
            retry_after_s = error.retry_after_s if isinstance(error, ModelOverloaded) else None
            self.member.breaker.failed(self._now(), retry_after_s)

    async def close(self) -> None:
        """End the request, if it has not ended; what is not known of it counts neither way."""
        await self._stream.aclose()
        if self._is_settled:
            return
        if self._first is not None:
            self.succeeded()  # whoever listened has left; the model was there
            return
        self._is_settled = True
        self.member.times.add(self._now() - self._began_at)  # at least so long
        self.member.breaker.abandoned()


class _Race:
    """Who speaks first: one model, or a second one too when it is late. The others are closed."""

    def __init__(self, first: _Attempt) -> None:
        self.attempts = [first]
        self.winner: _Attempt | None = None

    async def run(self, late_after_s: float | None, hedge: Callable[[], _Attempt | None]) -> None:
        """Wait until somebody has begun, or everybody has failed; failures stay with their attempts."""
        done: asyncio.Queue[_Attempt] = asyncio.Queue(2)  # never full: there are at most two attempts

        async def begin(attempt: _Attempt) -> None:
            await attempt.begin()
            await done.put(attempt)

        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(begin(self.attempts[0]), name="ask-first-model")]
                waiting = 1
                while waiting and self.winner is None:
                    try:
                        async with asyncio.timeout(late_after_s):
                            finished = await done.get()
                    except TimeoutError:
                        late_after_s = None
                        if (second := hedge()) is not None:
                            self.attempts.append(second)
                            running.append(tasks.create_task(begin(second), name="ask-second-model"))
                            waiting += 1
                        continue
                    waiting -= 1
                    if finished.error is None:
                        self.winner = finished
                    elif isinstance(finished.error, ContentFiltered):
                        break
                for task in running:
                    task.cancel()
        finally:
            for attempt in self.attempts:
                if attempt is not self.winner and attempt.error is None:
                    await attempt.close()


def _with_bill(delta: ChatDelta, attempt: _Attempt, beside: Sequence[ModelUsage]) -> ChatDelta:
    """The end of an answer tells whose it was, and what others cost."""
    if not isinstance(delta, Finished):
        return delta
    return replace(delta, model=delta.model or attempt.member.name, beside=(*delta.beside, *beside))


def _without_repetition(delta: ChatDelta, rest: Continuation | None) -> tuple[ChatDelta, ...]:
    """What of a delta is given out: all, but of a continuation not what was said before."""
    if rest is None:
        return (delta,)
    if isinstance(delta, TextDelta):
        text = rest.feed(delta.text)
        return (TextDelta(text),) if text else ()
    held_back = rest.finish()
    return (TextDelta(held_back), delta) if held_back else (delta,)

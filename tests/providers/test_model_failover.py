"""Several models as one, on a virtual clock: who is asked, who speaks, and who is left alone."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from agent.chat import (
    ChatDelta,
    ChatMessage,
    Completed,
    Finished,
    FinishReason,
    Prompted,
    Role,
    TextDelta,
    ToolCall,
    ToolSpec,
)
from agent.errors import (
    AssistantError,
    ContentFiltered,
    ModelBrokeOff,
    ModelFailed,
    ModelOverloaded,
    ModelTimedOut,
    ModelUnavailable,
)
from agent.model_records import HedgeOutcome, ModelHedged, ModelRecord, ModelStumbled
from emulators.openai import OpenAIEmulator
from emulators.openai_script import Completion, Hold, PromptFilter, says
from providers.circuit_breaker import BreakerSettings
from providers.hedging import HedgeSettings
from providers.model_failover import FailoverChat, FailoverSettings, NamedModel
from providers.openai_chat import ChatSettings, OpenAIChat
from providers.openai_endpoint import OpenAIEndpoint
from tests.support.jumping_time import on_jumping_time

HELLO: Sequence[ChatMessage] = (Prompted(Role.USER, "Hello"),)
END = Finished(FinishReason.STOP)
CALL = ToolCall("1", "look", "{}")
PATIENT = ChatSettings(first_token_ms=60_000, stall_ms=60_000, timeout_s=60)
DOWN, LATE, OFF = ModelUnavailable("down"), ModelTimedOut("late"), ModelBrokeOff("off")
SETTINGS = FailoverSettings(breaker=BreakerSettings(failures_max=2, open_s=5), hedge=HedgeSettings(is_enabled=False))

Part = ChatDelta | AssistantError | float


class Model:
    """Answers each request with the next row; a number is a pause in seconds, an error is raised."""

    def __init__(self, *rows: Sequence[Part]) -> None:
        self.rows = list(rows)
        self.asked: list[tuple[ChatMessage, ...]] = []
        self.closed = 0

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        self.asked.append(tuple(messages))
        try:
            for part in self.rows.pop(0):
                if isinstance(part, float):
                    await asyncio.sleep(part)
                elif isinstance(part, AssistantError):
                    raise part
                else:
                    yield part
        finally:
            self.closed += 1

    async def warm_up(self) -> None:
        if self.rows and isinstance(self.rows[0][0], AssistantError):
            raise self.rows[0][0]


class Models:
    """A fast and a slow model behind one, and all that is told of them."""

    def __init__(self, fast: Model, *others: Model, settings: FailoverSettings = SETTINGS) -> None:
        self.records: list[ModelRecord] = []
        names = ("fast", "slow", "third")
        models = [NamedModel(name, model) for name, model in zip(names, (fast, *others), strict=False)]
        self.now = asyncio.get_running_loop().time
        self.chat = FailoverChat(models, settings, now=self.now, observe=self.records.append)

    async def answer(self) -> str:
        """The text of the next answer."""
        return "".join(delta.text for delta in await self.deltas() if isinstance(delta, TextDelta))

    async def deltas(self) -> list[ChatDelta]:
        """All of the next answer."""
        async with aclosing(self.chat.stream(HELLO, ())) as stream:
            return [delta async for delta in stream]


def text(*words: str) -> list[Part]:
    """A whole answer."""
    return [*(TextDelta(word) for word in words), END]


@on_jumping_time
async def test_the_first_model_answers() -> None:
    """Nobody else is asked."""
    fast, slow = Model(text("Good", " morning.")), Model()
    models = Models(fast, slow)
    assert await models.deltas() == [*text("Good", " morning.")[:-1], replace(END, model="fast")]
    assert (slow.asked, models.records) == ([], [])


@pytest.mark.parametrize("error", [DOWN, LATE, OFF, ModelOverloaded("429", 0.7)])
def test_another_one_answers_when_the_first_one_fails(error: ModelFailed) -> None:
    """With the same question, and the failure is on record."""

    @on_jumping_time
    async def run() -> None:
        fast, slow = Model([error]), Model(text("Yes."))
        models = Models(fast, slow)
        assert await models.answer() == "Yes."
        assert slow.asked == [tuple(HELLO)]
        assert models.records == [ModelStumbled("fast", type(error).__name__)]

    run()


@on_jumping_time
async def test_all_of_them_fail() -> None:
    """The last failure is told, and each is on record."""
    models = Models(Model([DOWN]), Model([LATE]))
    with pytest.raises(ModelTimedOut):
        await models.deltas()
    assert models.records == [ModelStumbled("fast", "ModelUnavailable"), ModelStumbled("slow", "ModelTimedOut")]


@on_jumping_time
async def test_a_filter_is_not_gone_around() -> None:
    """Neither at the start nor in the middle is another model asked."""
    rows: list[list[Part]] = [[ContentFiltered("no")], [TextDelta("I will"), ContentFiltered("no")]]
    for row in rows:
        fast, slow = Model(row), Model()
        with pytest.raises(ContentFiltered):
            await Models(fast, slow).deltas()
        assert slow.asked == []


@on_jumping_time
async def test_a_model_that_keeps_failing_is_left_alone_for_a_while() -> None:
    """Twice in a row; then nobody waits for it until five seconds are over, and one success brings it back."""
    fast = Model([LATE], [LATE], text("Fast."), text("Fast."))
    slow = Model(*[text("Slow.")] * 4)
    models = Models(fast, slow)
    assert [await models.answer() for _ in range(4)] == ["Slow."] * 4
    assert len(fast.asked) == 2
    await asyncio.sleep(5)
    assert [await models.answer() for _ in range(2)] == ["Fast."] * 2


@on_jumping_time
async def test_an_overloaded_model_is_left_alone_for_as_long_as_it_asks() -> None:
    """0.7 s, although it has failed only once."""
    fast, slow = Model([ModelOverloaded("429", 0.7)], text("Fast.")), Model(*[text("Slow.")] * 2)
    models = Models(fast, slow)
    assert [await models.answer() for _ in range(2)] == ["Slow."] * 2
    await asyncio.sleep(0.7)
    assert await models.answer() == "Fast."


@on_jumping_time
async def test_when_all_are_left_alone_nobody_waits() -> None:
    """The failure is told at once: the script answers then."""
    models = Models(Model([60.0, LATE], [60.0, LATE]))
    for _ in range(2):
        with pytest.raises(ModelTimedOut):
            await models.deltas()
    began = models.now()
    with pytest.raises(ModelUnavailable, match="left alone"):
        await models.deltas()
    assert models.now() == began


@on_jumping_time
async def test_another_one_goes_on_where_one_broke_off() -> None:
    """It is shown what was said, and what it repeats is not said twice."""
    fast = Model([TextDelta("Good. "), TextDelta("I have"), OFF])
    slow = Model(text("I have ", "noted it."))
    models = Models(fast, slow)
    assert await models.answer() == "Good. I have noted it."
    (asked,) = slow.asked
    assert asked[:2] == (*HELLO, Completed("Good. I have"))
    assert isinstance(asked[2], Prompted)
    assert models.records == [ModelStumbled("fast", "ModelBrokeOff")]


@on_jumping_time
async def test_when_nobody_can_go_on_the_break_is_told() -> None:
    """The upper layer ends the reply then; what came before stands."""
    models = Models(Model([TextDelta("Good. "), OFF]), Model([DOWN]))
    received: list[ChatDelta] = []
    with pytest.raises(ModelBrokeOff):
        async for delta in models.chat.stream(HELLO, ()):
            received.append(delta)
    assert received == [TextDelta("Good. ")]


@on_jumping_time
async def test_what_has_called_tools_is_not_continued() -> None:
    """They would be called again; nor is anything, when that is not wanted."""
    slow = Model()
    with pytest.raises(ModelBrokeOff):
        await Models(Model([TextDelta("Good. "), CALL, OFF]), slow).deltas()
    with pytest.raises(ModelBrokeOff):
        await Models(Model([TextDelta("Good. "), OFF]), slow, settings=FailoverSettings(continues=False)).deltas()
    assert slow.asked == []


HEDGING = FailoverSettings(
    breaker=BreakerSettings(failures_max=2, open_s=60),
    hedge=HedgeSettings(learned_after=10, delay_min_ms=100, most_percent=10),
)


async def practised(fast: Model, slow: Model) -> Models:
    """Models after ten answers of 0.2 s."""
    fast.rows = [*[[0.2, *text("Fast.")]] * 10, *fast.rows]
    models = Models(fast, slow, settings=HEDGING)
    for _ in range(10):
        assert await models.answer() == "Fast."
    return models


@on_jumping_time
async def test_a_late_model_gets_company_and_who_speaks_first_wins() -> None:
    """After 0.2 s, the 95th percentile, the second one is asked; the first one's request is closed."""
    fast, slow = Model([5.0, *text("Fast.")]), Model([0.3, *text("Slow.")])
    models = await practised(fast, slow)
    began = models.now()
    assert await models.answer() == "Slow."
    assert models.now() - began == pytest.approx(0.5)
    assert fast.closed == len(fast.asked) == 11
    assert models.records == [ModelHedged("fast", HedgeOutcome.SECOND)]


@on_jumping_time
async def test_the_late_one_may_still_win() -> None:
    """Then the second one's request is closed; nothing is said twice."""
    fast, slow = Model([0.4, *text("Fast.")]), Model([3.0, *text("Slow.")])
    models = await practised(fast, slow)
    assert await models.answer() == "Fast."
    assert (len(slow.asked), slow.closed) == (1, 1)
    assert models.records == [ModelHedged("fast", HedgeOutcome.FIRST)]


@on_jumping_time
async def test_only_a_few_are_hedged() -> None:
    """One in ten; when everything is late, most have to wait."""
    fast, slow = Model(*[[0.4, *text("Fast.")]] * 5), Model(*[[3.0, *text("Slow.")]] * 5)
    models = await practised(fast, slow)
    for _ in range(5):
        await models.answer()
    assert len(slow.asked) == 1


@on_jumping_time
async def test_a_model_that_is_left_alone_is_no_company() -> None:
    """Its breaker is open: the late one is waited for."""
    fast = Model([DOWN], [DOWN], [3.0, *text("Fast.")])
    slow = Model([LATE], [LATE])
    models = await practised(fast, slow)
    # Both fail twice. The first one is back when its time is over; the second one fails once more.
    for _ in range(2):
        with pytest.raises(ModelFailed):
            await models.deltas()
    fast.rows.insert(0, text("Back."))
    slow.rows.append([LATE])
    await asyncio.sleep(60)
    assert await models.answer() == "Back."
    slow_breaker_probed = len(slow.asked)
    with_probe = await models.answer()  # the time of the second one is over too: it is asked, and fails
    assert with_probe == "Fast."
    assert len(slow.asked) == slow_breaker_probed + 1
    fast.rows.append([3.0, *text("Fast.")])
    assert await models.answer() == "Fast."
    assert len(slow.asked) == slow_breaker_probed + 1


@on_jumping_time
async def test_both_of_a_hedge_fail() -> None:
    """Nobody else is left: the failure is told."""
    models = await practised(Model([1.0, DOWN]), Model([0.3, LATE]))
    with pytest.raises(ModelFailed):
        await models.deltas()
    assert ModelHedged("fast", HedgeOutcome.NEITHER) in models.records
    assert len(models.records) == 3


@on_jumping_time
async def test_a_reader_who_leaves_closes_everything() -> None:
    """While it waits for the first word of two, and in the middle of an answer; no breaker is the worse for it."""
    fast, slow = Model([9.0], [TextDelta("Good"), 9.0], text("Fast.")), Model([9.0])
    models = await practised(fast, slow)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await models.deltas()
    assert (fast.closed, slow.closed) == (12, 1)
    assert await models.answer() == "Fast."
    assert asyncio.all_tasks() == {asyncio.current_task()}


@on_jumping_time
async def test_warming_up_needs_one_that_works() -> None:
    """The others are on record."""
    models = Models(Model([DOWN]), Model())
    await models.chat.warm_up()
    assert models.records == [ModelStumbled("fast", "ModelUnavailable")]
    with pytest.raises(ModelUnavailable):
        await Models(Model([DOWN]), Model([LATE])).chat.warm_up()


@on_jumping_time
async def test_what_others_cost_is_told_at_the_end() -> None:
    """Of one that broke off, with what it had said; one that could not be asked has cost nothing."""
    fast, slow, third = Model([DOWN]), Model([TextDelta("It rains in "), OFF]), Model(text("It rains in Rome."))
    models = Models(fast, slow, third)
    end = (await models.deltas())[-1]
    assert isinstance(end, Finished)
    assert (end.model, [usage.model for usage in end.beside]) == ("third", ["slow"])
    (broken,) = end.beside
    assert broken.is_estimated
    assert (broken.prompt_tokens > 0, broken.completion_tokens > 0) == (True, True)


@on_jumping_time
async def test_the_loser_of_a_hedge_has_read_its_prompt() -> None:
    """Whoever was late is paid for, too."""
    fast, slow = Model([5.0, *text("Fast.")]), Model([0.3, *text("Slow.")])
    models = await practised(fast, slow)
    end = (await models.deltas())[-1]
    assert isinstance(end, Finished)
    assert (end.model, [usage.model for usage in end.beside]) == ("slow", ["fast"])


@on_jumping_time
async def test_the_same_models_may_be_asked_in_another_order() -> None:
    """What is known of them is known to both: a model that one has given up, the other leaves alone, too."""
    fast, slow = Model([DOWN], [DOWN], text("fast again")), Model(text("1"), text("2"), text("3"), text("4"))
    models = Models(fast, slow)
    usual, models.chat = models.chat, models.chat.in_order([1, 0])
    assert [await models.answer() for _ in range(2)] == ["1", "2"]
    assert fast.asked == []
    models.chat = usual
    assert [await models.answer() for _ in range(2)] == ["3", "4"]
    slow.rows.append([DOWN])
    models.chat = usual.in_order([1, 0])
    with pytest.raises(ModelUnavailable):
        await models.answer()  # the fast one is left alone
    with pytest.raises(ValueError, match="no model"):
        usual.in_order([])


def test_no_model_is_a_mistake() -> None:
    """Of whoever puts it together."""
    with pytest.raises(ValueError, match="no model"):
        FailoverChat([], now=lambda: 0.0)


async def test_on_the_wire_the_loser_of_a_hedge_is_left() -> None:
    """The real client closes the request that lost; the service sees it leave."""
    hedge = HedgeSettings(learned_after=1, delay_min_ms=50, most_percent=100)
    first = OpenAIEmulator([says("One."), Completion((PromptFilter(), Hold()))])
    async with first, OpenAIEmulator([says("Two.")]) as second:
        chats = [
            OpenAIChat(OpenAIEndpoint(base_url=service.base_url, api_key=service.api_key), "m", PATIENT)
            for service in (first, second)
        ]
        named = [NamedModel(f"model{number}", chat) for number, chat in enumerate(chats)]
        chat = FailoverChat(named, FailoverSettings(hedge=hedge), now=time.monotonic)
        first_answer = [delta async for delta in chat.stream(HELLO, ())]
        # However slow this machine was, the second answer of the first model never comes.
        answers = [delta async for delta in chat.stream(HELLO, ())]
        await first.abandoned.wait()
        for each in chats:
            await each.close()
    assert first_answer[0] == TextDelta("One.")
    assert answers[0] == TextDelta("Two.")

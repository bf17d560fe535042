"""What requests cost is told, whatever becomes of them."""

from contextlib import aclosing

import pytest

from agent.assistant import Reserve, Spend
from agent.chat import (
    ChatDelta,
    Finished,
    FinishReason,
    Prompted,
    Role,
    TextDelta,
    ToolSpec,
    Usage,
)
from agent.errors import AssistantError, Jailbreak, ModelRefused, ModelTimedOut, ModelUnavailable
from agent.facts import ModelUsage
from agent.spending import estimated_usage, metered
from agent.tokens import estimated_tokens, prompt_tokens, tool_tokens
from tests.support.scripted_chat import ScriptedChat

ASKED = (Prompted(Role.SYSTEM, "Be kind, and be brief."), Prompted(Role.USER, "Hello, who is there?"))
PROMPT_TOKENS = prompt_tokens(ASKED)
WORDS = "It is I, Amelia."
WORDS_TOKENS = estimated_tokens(WORDS)
STOP = Finished(FinishReason.STOP)


class NamedChat(ScriptedChat):
    """A model that says what it is called."""

    name = "small"


async def told(chat: ScriptedChat) -> list[ChatDelta | Reserve | Spend]:
    """All of a stream, up to its failure."""
    found: list[ChatDelta | Reserve | Spend] = []
    try:
        async with aclosing(metered(chat, ASKED, ())) as deltas:
            async for delta in deltas:
                found.append(delta)
    except AssistantError:
        pass
    return found


def test_tools_are_part_of_what_is_asked() -> None:
    """Their schemas go to the service with each request."""
    tool = ToolSpec("look_up", "Looks it up.", {"type": "object"})
    assert estimated_usage("small", ASKED, (tool,), WORDS) == ModelUsage(
        "small", PROMPT_TOKENS + tool_tokens([tool]), WORDS_TOKENS, is_estimated=True
    )


async def test_the_service_knows_best() -> None:
    """What it tells is spent, by the name of whoever answered; the rest is passed on as it comes."""
    end = Finished(FinishReason.STOP, Usage(100, 20, 80), "large")
    chat = NamedChat([TextDelta("Hello."), end])
    reserved = Reserve(ModelUsage("small", PROMPT_TOKENS, 0, is_estimated=True))
    assert await told(chat) == [reserved, TextDelta("Hello."), Spend(ModelUsage("large", 100, 20, 80)), end]


async def test_what_others_cost_is_spent_too() -> None:
    """Each by itself."""
    late = ModelUsage("late", 50, 0, is_estimated=True)
    chat = ScriptedChat([Finished(FinishReason.STOP, Usage(100, 20), "small", (late,))])
    spent = [each.usage for each in await told(chat) if isinstance(each, Spend)]
    assert spent == [late, ModelUsage("small", 100, 20)]


async def test_a_service_that_tells_nothing_is_guessed_at() -> None:
    """By what was asked and said."""
    spent = [each for each in await told(ScriptedChat([TextDelta(WORDS), STOP])) if isinstance(each, Spend)]
    assert spent == [Spend(ModelUsage("", PROMPT_TOKENS, WORDS_TOKENS, is_estimated=True))]


async def test_more_is_reserved_as_the_answer_grows() -> None:
    """So whoever leaves knows what was spent, to within a few words."""
    chat = ScriptedChat([*[TextDelta("word " * 4)] * 20, STOP])
    async with aclosing(metered(chat, ASKED, ())) as deltas:
        reserved = [delta.usage async for delta in deltas if isinstance(delta, Reserve)]
    assert [usage.completion_tokens for usage in reserved if usage] == [0, 24, 48, 72]


@pytest.mark.parametrize(
    ("error", "spent"),
    [
        (ModelUnavailable("down"), [Reserve(None)]),
        (ModelRefused("key"), [Reserve(None)]),
        (ModelTimedOut("late"), [Spend(ModelUsage("", PROMPT_TOKENS, 0, is_estimated=True))]),
        (Jailbreak("no"), [Spend(ModelUsage("", PROMPT_TOKENS, 0, is_estimated=True))]),
    ],
)
async def test_a_failure_costs_what_was_done_for_it(error: AssistantError, spent: list[Reserve | Spend]) -> None:
    """A service that did not begin wants nothing."""
    assert (await told(ScriptedChat([error])))[1:] == spent


async def test_who_breaks_off_pays_for_what_was_said() -> None:
    """Also where the service is out of reach since."""
    found = await told(ScriptedChat([TextDelta(WORDS), ModelUnavailable("down")]))
    assert found[-1] == Spend(ModelUsage("", PROMPT_TOKENS, WORDS_TOKENS, is_estimated=True))


async def test_nothing_is_asked_before_it_is_reserved() -> None:
    """Whoever leaves at the first reserve has asked nobody."""
    chat = ScriptedChat([STOP])
    async with aclosing(metered(chat, ASKED, ())) as deltas:
        async for delta in deltas:
            assert isinstance(delta, Reserve)
            break
    assert chat.asked == []

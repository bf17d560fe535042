"""One call's conversation with a bot over real sockets: whatever breaks, nothing is lost and nothing comes twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from agent.errors import ModelOverloaded, ModelTimedOut, ModelUnavailable
from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import (
    Answer,
    Drops,
    Ends,
    Expires,
    HandsOff,
    Raw,
    Refusal,
    Repeats,
    Says,
    Types,
    Waits,
    answers,
)
from providers.direct_line_activities import Kind, message
from providers.direct_line_client import DirectLineAccess, DirectLineClient
from providers.direct_line_conversation import BotConversation, DirectLineSettings, Turn

ASKS = "expectingInput"
PATIENT = DirectLineSettings(open_ms=30_000, answer_ms=30_000, silence_ms=500, poll_ms=30, lost_after_ms=30_000)
"""An answer that ends without a question takes half a second; all else is over when it is over."""


@asynccontextmanager
async def talking(
    service: DirectLineEmulator, settings: DirectLineSettings = PATIENT, *, by_secret: bool = True
) -> AsyncIterator[BotConversation]:
    """A conversation that is up."""
    access = DirectLineAccess(
        endpoint=service.endpoint,
        secret=service.secret if by_secret else "",
        token_endpoint="" if by_secret else service.token_endpoint,
    )
    client = DirectLineClient(access)
    conversation = BotConversation(client, settings, {"id": "dl_caller"})
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(conversation.run())
            yield conversation
            running.cancel()
    finally:
        await client.close()


def turn_of(conversation: BotConversation, text: str) -> Turn:
    """Something that the caller has said."""
    return Turn(text, message(conversation.user, text, locale="en-US", client_id=text))


async def ask(conversation: BotConversation, text: str, first_ms: int = 30_000) -> list[str]:
    """Say something; the texts of what is answered, and the kinds of what is done."""
    await conversation.open()
    turn = turn_of(conversation, text)
    conversation.send(turn)
    async with aclosing(conversation.answers(turn, first_ms)) as activities:
        return [each.text if each.kind is Kind.MESSAGE else each.kind.value async for each in activities]


async def test_two_turns_and_the_end() -> None:
    """Each message is sent once, and the bot is told when the caller is gone."""
    async with DirectLineEmulator(answers("Hello.", "Bye.")) as service:
        async with talking(service) as conversation:
            assert await ask(conversation, "one") == ["Hello."]
            assert await ask(conversation, "two") == ["Bye."]
        assert service.texts == ["one", "two"]
        assert [each["type"] for each in service.received] == ["message", "message", "endOfConversation"]


async def test_several_messages() -> None:
    """Those that belong together come in one answer: until the bot asks, or has been silent for a while."""
    several = Answer((Says("One moment."), Types(), Waits(0.5), Says("Here it is."), Says("Anything else?", hint=ASKS)))
    script = (several, Answer((Says("That was it."), Waits(0.05), Says("Really."))))
    async with DirectLineEmulator(script) as service, talking(service) as conversation:
        assert await ask(conversation, "one") == ["One moment.", "Here it is.", "Anything else?"]
        assert await ask(conversation, "two") == ["That was it.", "Really."]


@pytest.mark.parametrize(("part", "kind"), [(HandsOff("why"), "hand_off"), (Ends(), "end")])
async def test_the_bot_leaves(part: HandsOff | Ends, kind: str) -> None:
    """A hand-off and the end are the last of an answer; who has ended is not told that it is over."""
    async with DirectLineEmulator([Answer((Says("Goodbye."), part))]) as service:
        async with talking(service) as conversation:
            assert await ask(conversation, "one") == ["Goodbye.", kind]
        assert service.left.is_set() is (kind == "hand_off")


async def test_a_lost_socket() -> None:
    """It is opened again where it stopped: what was said meanwhile comes, and what had come does not."""
    lost = Answer((Says("One."), Waits(0.1), Drops(), Says("Two."), Says("Three?", hint=ASKS)))
    async with DirectLineEmulator([lost, *answers("Four.")]) as service, talking(service) as conversation:
        heard = await ask(conversation, "one")
        while len(heard) < 3:  # the line was away for longer than an answer pauses
            await asyncio.sleep(0.02)
            while (late := conversation.pending()) is not None:
                heard.append(late.text)
        assert heard == ["One.", "Two.", "Three?"]
        assert await ask(conversation, "two") == ["Four."]
        assert service.requests.count("resume") == 1


async def test_what_comes_twice_is_said_once() -> None:
    """Also when the service forgets what it has sent; a message that is broken is passed over."""
    script = (Answer((Says("One."), Raw("{broken"), Repeats(), Says("Two?", hint=ASKS))), *answers("Three."))
    async with DirectLineEmulator(script) as service, talking(service) as conversation:
        assert await ask(conversation, "one") == ["One.", "Two?"]
        assert await ask(conversation, "two") == ["Three."]


@pytest.mark.parametrize("has_stream", [False, True])
async def test_without_a_socket(has_stream: bool) -> None:
    """Where there is none, or none gets through, it is polled."""
    refusals = [Refusal("stream", 403)] * 2 if has_stream else []
    async with (
        DirectLineEmulator(answers("Hello.", "Bye."), has_stream=has_stream, refusals=refusals) as service,
        talking(service) as conversation,
    ):
        assert await ask(conversation, "one") == ["Hello."]
        assert await ask(conversation, "two") == ["Bye."]
        assert "poll" in service.requests


async def test_an_interruption() -> None:
    """What answers the turn that was interrupted is not said any more, and the next one is answered."""
    slow = Answer((Says("A long story."), Waits(0.2), Says("…and its end.")))
    async with DirectLineEmulator([slow, *answers("Stopped.")]) as service, talking(service) as conversation:
        await conversation.open()
        turn = turn_of(conversation, "tell me")
        conversation.send(turn)
        async with aclosing(conversation.answers(turn, 30_000)) as activities:
            assert (await anext(activities)).text == "A long story."
        assert await ask(conversation, "stop") == ["Stopped."]
        assert service.texts == ["tell me", "stop"]


async def test_a_hand_off_outlives_an_interruption() -> None:
    """The bot has done its part of it."""
    script = [Answer((Says("I connect you."), HandsOff("why")))]
    async with DirectLineEmulator(script) as service, talking(service) as conversation:
        await conversation.open()
        turn = turn_of(conversation, "a human")
        conversation.send(turn)
        async with aclosing(conversation.answers(turn, 30_000)) as activities:
            await anext(activities)
        while (left := conversation.pending()) is None:
            await asyncio.sleep(0.01)
        assert left.kind is Kind.HAND_OFF
        conversation.put_back(left)
        assert conversation.pending() is left


async def test_what_is_said_unasked() -> None:
    """It waits for its time, and belongs to no answer."""
    async with DirectLineEmulator(answers("Hello.")) as service, talking(service) as conversation:
        await conversation.open()
        service.say_unasked(Answer((Says("By the way.", is_unasked=True),)))
        while (early := conversation.pending()) is None:
            await asyncio.sleep(0.01)
        assert early.text == "By the way."
        assert await ask(conversation, "one") == ["Hello."]


async def test_tokens_are_refreshed() -> None:
    """Before they expire, again and again; one refusal for now is no reason to give up."""
    refusals = [Refusal("refresh", 503)]
    async with (
        DirectLineEmulator(answers("Hello."), expires_in=0.4, refusals=refusals) as service,
        talking(service) as conversation,
    ):
        while service.requests.count("refresh") < 3:
            await asyncio.sleep(0.02)
        assert await ask(conversation, "one") == ["Hello."]


@pytest.mark.parametrize("has_stream", [False, True])
async def test_an_expired_token(has_stream: bool) -> None:
    """The secret opens the conversation again, and what was to be said is said, once."""
    script = (Answer((Says("One?", hint=ASKS), Expires())), *answers("Two."))
    async with (
        DirectLineEmulator(script, has_stream=has_stream) as service,
        talking(service) as conversation,
    ):
        assert await ask(conversation, "one") == ["One?"]
        assert await ask(conversation, "two") == ["Two."]
        assert service.texts == ["one", "two"]


async def test_an_expired_token_without_a_secret() -> None:
    """Nothing opens that conversation again: the reply fails at once."""
    script = (Answer((Says("One?", hint=ASKS), Expires())),)
    async with DirectLineEmulator(script) as service, talking(service, by_secret=False) as conversation:
        assert await ask(conversation, "one") == ["One?"]
        with pytest.raises(ModelUnavailable, match="cannot answer"):
            await ask(conversation, "two")


@pytest.mark.parametrize(
    "refusals",
    [
        [Refusal("token", 503), Refusal("start", 500)],
        [Refusal("start", 429, {"Retry-After": "0"})],
        [Refusal("post", 429, {"Retry-After": "0.1"})],
    ],
)
async def test_what_passes(refusals: Sequence[Refusal]) -> None:
    """A service that has too much to do, or stumbles, is asked again; the bot is told only once."""
    async with DirectLineEmulator(answers("Hello."), refusals=refusals) as service, talking(service) as conversation:
        assert await ask(conversation, "one") == ["Hello."]
        assert service.texts == ["one"]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_does_not_pass(status: int) -> None:
    """A conversation that cannot be begun fails for good, and at once."""
    async with (
        DirectLineEmulator(refusals=[Refusal("token", status)]) as service,
        talking(service) as conversation,
    ):
        with pytest.raises(ModelUnavailable, match="is lost"):
            await ask(conversation, "one")


async def test_a_conversation_that_is_gone() -> None:
    """The stream cannot be opened again: it is lost."""
    lost = Answer((Says("One?", hint=ASKS), Drops()))
    async with (
        DirectLineEmulator([lost], refusals=[Refusal("resume", 404)]) as service,
        talking(service) as conversation,
    ):
        assert await ask(conversation, "one") == ["One?"]
        while "resume" not in service.requests:
            await asyncio.sleep(0.01)
        with pytest.raises(ModelUnavailable):
            await ask(conversation, "two")


async def test_a_bot_that_fails() -> None:
    """502: it said nothing. What it had said before it failed is its answer."""
    script = (Answer(status=502), Answer((Says("Half."), Waits(0.3)), status=502))
    async with DirectLineEmulator(script) as service, talking(service) as conversation:
        with pytest.raises(ModelUnavailable):
            await ask(conversation, "one")
        assert await ask(conversation, "two") == ["Half."]


async def test_a_bot_that_says_nothing() -> None:
    """It is not waited for for ever."""
    async with DirectLineEmulator([Answer()]) as service, talking(service) as conversation:
        with pytest.raises(ModelTimedOut, match="within 200 ms"):
            await ask(conversation, "one", first_ms=200)


async def test_a_bot_that_takes_nothing() -> None:
    """There is an end to what waits for it: whoever wants to say more is told."""
    client = DirectLineClient(DirectLineAccess(secret="s"))
    conversation = BotConversation(client, PATIENT, {"id": "dl_caller"})
    for number in range(8):
        conversation.send(turn_of(conversation, str(number)))
    with pytest.raises(ModelOverloaded):
        conversation.send(turn_of(conversation, "one too many"))
    await client.close()


async def test_after_it_was_given_up() -> None:
    """Whatever comes, it is not asked any more."""
    async with DirectLineEmulator() as service, talking(service) as conversation:
        await conversation.open()
        conversation.give_up(ModelTimedOut("late"))
        with pytest.raises(ModelUnavailable, match="is lost"):
            await conversation.open()


async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong: no secret, no token, no address of a stream, no word."""
    caplog.set_level("DEBUG")
    script = (Answer((Says("A private thing?", hint=ASKS), Raw("{private"), Drops())), Answer(status=500))
    refusals = [Refusal("start", 503), Refusal("stream", 403), Refusal("resume", 500)]
    async with DirectLineEmulator(script, refusals=refusals) as service, talking(service) as conversation:
        assert await ask(conversation, "my private words") == ["A private thing?"]
        with pytest.raises(ModelUnavailable):
            await ask(conversation, "more private words")
    ours = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("antiphon"))
    assert "event=bot_" in ours
    hidden = ("private", service.secret, "stream?", "?t=", *service.logs)
    assert [each for each in hidden if each in ours] == []

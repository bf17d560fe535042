"""A conversation by keyboard: its memory and its effects, without a terminal."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from agent.assistant import Say
from agent.chat import ChatDelta, Finished, FinishReason, TextDelta, ToolCall, Usage
from agent.dialogue import Persona
from agent.errors import AssistantError, ModelUnavailable
from agent.texts.bundled import Repertoire
from assembly.chat_session import ChatSession, ChatSettings, HandOverShown, HelpShown, Shown, SmsShown
from assembly.engines import assistant_of
from assembly.settings import initiate_of, tool_means
from config import Config
from pipeline.records import ClaimValueSet, ModelAsked, ReminderSet, SpeechChanged, StageFailed, ToolCalled
from pipeline.reply import FixedPhrases
from tests.support.configured import configured
from tests.support.fakes import AT, FakeAssistant
from tests.support.scripted_chat import ScriptedChat

CONFIG = configured(
    conversation={
        "claim": [{"name": "place", "description": "Where did it happen?"}, {"name": "pin_code"}],
        "agent_phone_number": "+12025550177",
    }
)
STOP, CALLS = Finished(FinishReason.STOP), Finished(FinishReason.TOOL_CALLS)


def settings_of(config: Config = CONFIG) -> ChatSettings:
    """Of a caller who shows their number."""
    initiate = replace(initiate_of(config), languages=("en-US", "fr-FR"))
    return ChatSettings(initiate=initiate, caller_number="+12025550143")


def led_by(*rows: Sequence[ChatDelta | AssistantError | float]) -> ChatSession:
    """A conversation that a model leads, with every tool."""
    means = replace(tool_means(CONFIG), can_write=True, has_helpline=True)
    assistant = assistant_of(CONFIG, ScriptedChat(*rows), clock=lambda: AT, means=means)
    return ChatSession(assistant, settings_of(), utc_now=lambda: AT)


def scripted() -> ChatSession:
    """A conversation that the script leads."""
    return ChatSession(assistant_of(CONFIG, None, clock=lambda: AT), settings_of(), utc_now=lambda: AT)


def call(name: str, number: int = 1, **arguments: object) -> ToolCall:
    """A tool that the model calls."""
    return ToolCall(f"call_{number}", name, json.dumps(arguments))


async def all_of(reply: AsyncGenerator[Shown, None]) -> list[Shown]:
    """What a reply brings."""
    return [part async for part in reply]


def words(shown: Sequence[Shown]) -> str:
    """What the assistant says in it."""
    return "".join(part for part in shown if isinstance(part, str))


async def test_the_script_gathers_a_claim() -> None:
    """Questions, values and the end, as in a call."""
    chat = scripted()
    assert words(await all_of(chat.greet())).endswith("Where did it happen?")
    shown = await all_of(chat.say("In Boston."))
    assert [part for part in shown if isinstance(part, ClaimValueSet)] == [
        ClaimValueSet("chat", AT, "place", None, "In Boston")
    ]
    await all_of(chat.press("4711#"))
    assert chat.dialogue.claim.values == {"place": "In Boston", "pin_code": "4711"}
    assert not chat.is_over
    await all_of(chat.say("Yes."))
    assert chat.is_over
    said = [message.persona for message in chat.dialogue.messages]
    assert said == [Persona.ASSISTANT, Persona.CALLER] * 3 + [Persona.ASSISTANT]


async def test_what_was_written_is_not_in_the_dialogue_it_answers() -> None:
    """As in a call: the assistant gets it once."""
    assistant = FakeAssistant()
    chat = ChatSession(assistant, settings_of(), utc_now=lambda: AT)
    await all_of(chat.greet())
    await all_of(chat.say("  Hello   there. "))
    ((utterance, dialogue),) = assistant.asked
    assert utterance == "Hello there."
    assert [message.persona for message in dialogue.messages] == [Persona.ASSISTANT]
    assert (dialogue.caller_number, dialogue.call_id, dialogue.languages) == (
        "+12025550143",
        "chat",
        ("en-US", "fr-FR"),
    )


async def test_nothing_is_not_answered() -> None:
    """Blanks, and a key that only ends an entry."""
    chat = scripted()
    assert await all_of(chat.say("  ")) == []
    assert await all_of(chat.press("#")) == []
    assert chat.dialogue.messages == ()


async def test_tools_come_true_at_once_and_are_shown() -> None:
    """In the order in which they happen, between the words."""
    store = call("update_claim", updates=[{"field": "place", "value": "Rome"}])
    remind = call(
        "new_or_updated_reminder", 2, title="Photos", description="Send them.", due="2026-02-01T10:00", owner="customer"
    )
    text = call("send_sms", 3, text="Your reference is AB 12.")
    slower = call("speech_speed", 4, speed=0.8)
    chat = led_by(
        [TextDelta("One moment."), store, remind, text, slower, CALLS],
        [TextDelta("It is all noted."), STOP],
    )
    shown = await all_of(chat.say("In Rome."))
    kinds = [type(part) for part in shown if not isinstance(part, str | ModelAsked)]
    assert kinds[:4] == [ClaimValueSet, ReminderSet, SmsShown, SpeechChanged]
    assert kinds[4:] == [ToolCalled] * 4
    assert SmsShown("Your reference is AB 12.") in shown
    assert shown.index("One moment.") < shown.index(SmsShown("Your reference is AB 12."))
    assert words(shown).split() == ["One", "moment.", "It", "is", "all", "noted."]
    assert chat.dialogue.claim.values == {"place": "Rome"}
    assert [each.title for each in chat.dialogue.reminders] == ["Photos"]


async def test_help_is_shown_and_nobody_is_called() -> None:
    """The assistant is told that somebody was notified: so one sees how it goes on."""
    fire = call("notify_emergencies", service="fire", location="4 Elm Street", contact="Ann", reason="smoke")
    chat = led_by([fire, CALLS], [TextDelta("They know."), STOP])
    shown = await all_of(chat.say("Fire!"))
    (help_shown,) = (part for part in shown if isinstance(part, HelpShown))
    assert help_shown.notice.contact == "Ann, +12025550143"
    assert words(shown) == "They know."


async def test_a_hand_over_ends_it() -> None:
    """With whom, and why."""
    chat = led_by([call("talk_to_human", reason="billing"), CALLS], [TextDelta("I connect you."), STOP])
    shown = await all_of(chat.say("A human."))
    assert HandOverShown("+12025550177", "billing") in shown
    assert chat.is_over


async def test_what_models_cost_is_shown() -> None:
    """Where the service tells it."""
    chat = led_by([TextDelta("Yes."), Finished(FinishReason.STOP, Usage(900, 3, 800), "small")])
    (asked,) = (part for part in await all_of(chat.say("Hm?")) if isinstance(part, ModelAsked))
    assert (asked.usage.model, asked.usage.cached_tokens) == ("small", 800)


async def test_where_every_model_is_down_the_script_goes_on() -> None:
    """As in a call."""
    chat = led_by([ModelUnavailable("down")])
    await all_of(chat.greet())
    shown = await all_of(chat.say("In Boston."))
    assert "In Boston" in chat.dialogue.claim.values.values()
    assert words(shown)


async def test_an_assistant_that_fails_is_apologised_for() -> None:
    """Once; what it had said stays, marked as broken off; and the conversation goes on."""
    chat = ChatSession(FakeAssistant([Say("Well, "), AssistantError("gone")]), settings_of(), utc_now=lambda: AT)
    shown = await all_of(chat.say("Hello."))
    assert [type(part) for part in shown if not isinstance(part, str)] == [StageFailed]
    assert words(shown).endswith(FixedPhrases().apology)
    assert [message.was_interrupted for message in chat.dialogue.messages[1:]] == [True, False]
    assert words(await all_of(chat.say("Hello?"))) == "Go on."


async def test_the_language_of_the_caller_is_spoken() -> None:
    """By the script too."""
    settings = replace(settings_of(), language="fr-FR")
    assistant = assistant_of(CONFIG, None, clock=lambda: AT, repertoire=Repertoire("en"))
    chat = ChatSession(assistant, settings, utc_now=lambda: AT)
    assert "Bonjour" in words(await all_of(chat.greet()))
    assert chat.dialogue.is_language_chosen

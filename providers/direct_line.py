"""A Copilot Studio bot as the mind of a call, over Direct Line 3.0.

The bot keeps the dialogue; it is told what the caller has said, and its messages are spoken. To ask it
anything has an effect, so nothing is prepared before a turn is over; and a bot that has missed a turn is
not asked again in that call.
"""

import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Final

from agent.assistant import EndCall, Expect, Output, Say, Spend, TransferCall
from agent.character import Character
from agent.dialogue import Dialogue
from agent.errors import AssistantError, ModelTimedOut, ModelUnavailable
from agent.expectation import Expectation
from agent.facts import ModelUsage
from agent.language_tags import closest, primary
from agent.model_records import ModelStumbled, ObserveModel, unobserved
from agent.phrases import Phrases
from agent.texts.bundled import Repertoire
from providers.direct_line_activities import Activity, Choice, Kind, message, start_conversation
from providers.direct_line_client import DirectLineClient
from providers.direct_line_conversation import BotConversation, DirectLineSettings, Turn

STAGE: Final = "direct_line"
"""What the bot is called among the models that were asked."""
_KEYS: Final = re.compile(r"[0-9*#](?: [0-9*#])*")
_CHOICES_MAX: Final = 9
_PAUSE: Final = "\n"
"""Ends a message: it is spoken, and need not wait for the next."""
_ALL_BUNDLED: Final = Repertoire()


class DirectLineAssistant:
    """Lets a bot talk; satisfies ``agent.assistant.Assistant`` and ``agent.assistant.Attendant``.

    Args:
        client: The bot.
        settings: How long it is waited for.
        character: Who speaks where the bot has no words of its own.
        repertoire: What is said then, and in which languages.
        user_name: What the bot is told that the caller is called; empty: nothing.
        observe: Told when the bot fails.
        new_id: Makes ids that nobody can guess.
    """

    def __init__(
        self,
        client: DirectLineClient,
        settings: DirectLineSettings,
        *,
        character: Character,
        repertoire: Repertoire = _ALL_BUNDLED,
        user_name: str = "",
        observe: ObserveModel = unobserved,
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(18),
    ) -> None:
        self._client = client
        self._settings = settings
        self._character = character
        self._repertoire = repertoire
        self._user_name = user_name
        self._observe = observe
        self._new_id = new_id
        self._calls: dict[str, _Call] = {}
        """Those that are up, by their id."""

    async def attend(self, call_id: str) -> None:
        """See ``agent.assistant.Attendant``."""
        user = {"id": f"dl_{self._new_id()}", **({"name": self._user_name} if self._user_name else {})}
        call = self._calls[call_id] = _Call(BotConversation(self._client, self._settings, user))
        try:
            await call.conversation.run()
        finally:
            del self._calls[call_id]

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Let the bot greet; where it does not, greet in our own words.

        Raises:
            AssistantError: There is no conversation with the bot.
        """
        call = self._calls.get(dialogue.call_id)
        yield Expect(Expectation().encode())
        has_greeted = False
        if call is not None:
            body = start_conversation(
                call.conversation.user, locale=self._locale(dialogue), client_id=(name := self._new_id())
            )
            async with aclosing(self._said(call, dialogue, Turn(name, body), self._settings.greeting_ms)) as outputs:
                try:
                    async for output in outputs:
                        has_greeted = has_greeted or isinstance(output, Say)
                        yield output
                except ModelTimedOut:
                    pass  # it has none, or is late with it: ours is as good
        if not has_greeted:
            phrases = self._phrases(dialogue)
            greeting = phrases.greeting(is_resumed=dialogue.is_resumed, calls_back_about=dialogue.calls_back_about)
            for said in phrases.say(greeting, phrases.texts.how_can_i_help):
                yield said

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
        """Tell the bot what the caller said, and say what it answers.

        Raises:
            AssistantError: It cannot be told, or does not answer.
        """
        call = self._calls.get(dialogue.call_id)
        if call is None:
            raise ModelUnavailable("nobody attends this call to the bot")
        call.check()  # before anything is put out: whoever goes on waits for the answer to a question of theirs
        # The script, if it has to take over, must not take the next answer for one to its own question.
        yield Expect(Expectation().encode())
        async with aclosing(self._late(call, dialogue)) as late:
            async for output in late:
                yield output
                if isinstance(output, EndCall | TransferCall):
                    return  # it has left already
        name = self._new_id()
        text = chosen(utterance, call.choices)
        body = message(call.conversation.user, text, locale=self._locale(dialogue), client_id=name)
        async with aclosing(self._said(call, dialogue, Turn(name, body), self._settings.answer_ms)) as outputs:
            async for output in outputs:
                yield output

    async def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say what the bot has said meanwhile; if nothing, ask whether the caller is there, in our own words.

        Raises:
            AssistantError: The bot was left: it is for whoever has gone on to ask.
        """
        call, has_spoken = self._calls.get(dialogue.call_id), False
        if call is not None:
            call.check()
        yield Expect(dialogue.expecting, dialogue.attempts)
        if call is not None:
            async with aclosing(self._late(call, dialogue)) as late:
                async for output in late:
                    has_spoken = True
                    yield output
        if not has_spoken:
            phrases = self._phrases(dialogue)
            yield Say(phrases.choose(phrases.texts.timeout_silence))

    async def warm_up(self) -> None:
        """Get a token, and throw it away.

        Raises:
            AssistantError: The bot cannot be reached.
        """
        await self._client.warm_up()

    async def _said(self, call: "_Call", dialogue: Dialogue, turn: Turn, first_ms: int) -> AsyncGenerator[Output, None]:
        """Send something, and say what is answered."""
        conversation, is_greeting = call.conversation, turn.body["type"] == "event"
        has_spoken, is_counted = False, False
        try:
            await conversation.open()
            conversation.send(turn)
            async with aclosing(conversation.answers(turn, first_ms)) as activities:
                async for activity in activities:
                    if not is_counted:
                        is_counted = True
                        yield Spend(ModelUsage(STAGE, 0, 0))
                    async with aclosing(self._outputs(call, dialogue, activity, has_spoken=has_spoken)) as outputs:
                        async for output in outputs:
                            has_spoken = has_spoken or isinstance(output, Say)
                            yield output
        except AssistantError as error:
            if not (is_greeting and isinstance(error, ModelTimedOut)):
                conversation.give_up(error)
                self._observe(ModelStumbled(STAGE, type(error).__name__))
            raise

    async def _late(self, call: "_Call", dialogue: Dialogue) -> AsyncGenerator[Output, None]:
        """What has come since the bot was heard last."""
        while (activity := call.conversation.pending()) is not None:
            async with aclosing(self._outputs(call, dialogue, activity, has_spoken=False)) as outputs:
                async for output in outputs:
                    yield output

    async def _outputs(
        self, call: "_Call", dialogue: Dialogue, activity: Activity, *, has_spoken: bool
    ) -> AsyncGenerator[Output, None]:
        """What an activity is to the call. One that ends it is kept for the next reply if this one is left before."""
        is_taken = activity.kind is Kind.MESSAGE
        try:
            for output in self._told(call, dialogue, activity, has_spoken=has_spoken):
                yield output
            is_taken = True
        finally:
            if not is_taken:
                call.conversation.put_back(activity)

    def _told(self, call: "_Call", dialogue: Dialogue, activity: Activity, *, has_spoken: bool) -> list[Output]:
        phrases = self._phrases(dialogue)
        match activity.kind:
            case Kind.MESSAGE:
                call.choices = activity.choices
                offer = _offer(phrases, activity)
                texts = [text for text in (activity.text, offer) if text]
                return [Say(f"{text}{_PAUSE}", _language(activity, dialogue)) for text in texts]
            case Kind.HAND_OFF if not dialogue.agent_number:
                return list(phrases.say(phrases.texts.calltransfer_failure))
            case Kind.HAND_OFF:
                words = () if has_spoken else phrases.say(phrases.texts.end_call_to_connect_agent)
                return [*words, TransferCall(activity.context)]
            case Kind.END:
                return [*(() if has_spoken else phrases.say(phrases.texts.goodbye)), EndCall()]
            case Kind.TYPING | Kind.OTHER:
                return []

    def _locale(self, dialogue: Dialogue) -> str:
        return dialogue.supposed_language or self._repertoire.language

    def _phrases(self, dialogue: Dialogue) -> Phrases:
        return Phrases.of(dialogue, self._repertoire, self._character)


class _Call:
    """What is known of one call beside its dialogue."""

    def __init__(self, conversation: BotConversation) -> None:
        self.conversation = conversation
        self.choices: tuple[Choice, ...] = ()
        """Of the bot's last message."""

    def check(self) -> None:
        """See that the bot leads the call still.

        Raises:
            ModelUnavailable: It does not.
        """
        if self.conversation.is_lost:
            raise ModelUnavailable("the bot was left in this call")


def chosen(utterance: str, choices: tuple[Choice, ...]) -> str:
    """What the bot is told: keys without the blanks between them, a choice in the bot's own words."""
    text = utterance.strip()
    if _KEYS.fullmatch(text):
        text = text.replace(" ", "")
    said = text.casefold().rstrip(".!?。！？")
    for choice in choices:
        if said in (choice.title.casefold(), choice.value.casefold()):
            return choice.value
    if text.isdecimal() and 0 < int(text) <= len(choices[:_CHOICES_MAX]):
        return choices[int(text) - 1].value
    return text


def _offer(phrases: Phrases, activity: Activity) -> str:
    """Reads the choices, unless the message names them itself."""
    titles = [each.title for each in activity.choices]
    named = activity.text.casefold()
    if not titles or all(title.casefold() in named for title in titles):
        return ""
    comma = "、" if phrases.texts.language == "zh" else ", "
    return phrases.choose(phrases.texts.choices, choices=comma.join(titles[:_CHOICES_MAX]))


def _language(activity: Activity, dialogue: Dialogue) -> str:
    """That of a message in another language than the call's, if the call can be held in it; else empty."""
    if not activity.locale or primary(activity.locale) == primary(dialogue.spoken_language or activity.locale):
        return ""
    return closest(activity.locale, dialogue.languages) or ""

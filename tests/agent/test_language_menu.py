"""Which language a call is held in, asked for before anything else."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from agent.assistant import Expect, Output, Say, SetLanguage
from agent.claim import Claim
from agent.dialogue import Dialogue, Message, Persona
from agent.language_menu import EXPECTING, LanguageMenu, chosen_language, is_due
from agent.options import Options
from tests.support.fakes import FakeAssistant

LANGUAGES = ("en-US", "fr-FR", "zh-CN", "de-DE", "ko-KR")
DIALOGUE = Dialogue(Claim(()), languages=LANGUAGES)
ASKED = DIALOGUE.with_expectation(EXPECTING, 0)


class Leading(FakeAssistant):
    """Remembers in which language it was to greet."""

    def __init__(self) -> None:
        super().__init__([Say("Go on.")])
        self.greeted: list[str] = []

    def greet(self, dialogue: Dialogue):  # type: ignore[no-untyped-def]
        self.greeted.append(dialogue.spoken_language)
        return super().greet(dialogue)


async def replied(dialogue: Dialogue, utterance: str, leading: Leading | None = None) -> list[Output]:
    menu = LanguageMenu(leading or Leading(), attempts_max=1)
    return [output async for output in menu.reply(dialogue, utterance)]


GREETING: list[Output] = [Expect(""), Say("Hello there."), Expect("opening")]


@pytest.mark.parametrize(
    ("utterance", "chosen"),
    [
        *(("1", "en-US"), ("2", "fr-FR"), ("2 2", "fr-FR"), ("5", "ko-KR"), ("6", None), ("0", None), ("1 2", None)),
        *(("Two.", "fr-FR"), ("Deux, s'il vous plaît.", "fr-FR"), ("zwo", "fr-FR"), ("dos", "fr-FR"), ("二", "fr-FR")),
        *(("Number four please", "de-DE"), ("Vier", "de-DE"), ("选三", "zh-CN"), ("cinq", "ko-KR")),
        *(("English", "en-US"), ("en français", "fr-FR"), ("Französisch bitte", "fr-FR"), ("我说中文", "zh-CN")),
        *(("Korean", "ko-KR"), ("alemán", "de-DE"), ("four, I mean French", "fr-FR")),
        *(("English or French?", None), ("", None), ("What?", None), ("12", None), ("Italiano", None)),
        *(
            ("J'ai eu un accident hier soir", None),
            ("我昨天出了一个车祸，在北京", None),
            ("Un accident.", None),
            ("numéro un", "en-US"),
        ),
    ],
)
def test_what_an_answer_means(utterance: str, chosen: str | None) -> None:
    """Keys, numbers and names in any language; a name goes before a number, and two are none."""
    assert chosen_language(utterance, LANGUAGES) == chosen


async def test_each_line_is_in_its_own_language() -> None:
    """In the order of the keys; what we have no line for is offered in English."""
    outputs = [output async for output in LanguageMenu(Leading()).greet(DIALOGUE)]
    assert outputs == [
        Expect(EXPECTING),
        Say("For English, press or say 1.", "en-US"),
        Say(" Pour le français, appuyez sur ou dites 2.", "fr-FR"),
        Say(" 中文服务，请按或说3。", "zh-CN"),
        Say(" Für Deutsch drücken oder sagen Sie die 4.", "de-DE"),
        Say(" For Korean, press or say 5.", "en"),
    ]


@pytest.mark.parametrize(
    "known",
    [{"languages": ("en-US",)}, {"languages": ()}, {"language": "fr-FR"}, {"is_resumed": True}],
    ids=str,
)
async def test_who_need_not_be_asked_is_not(known: dict[str, object]) -> None:
    """One language only, a number that tells, an earlier call: the call is opened at once, by the other."""
    dialogue, leading = replace(DIALOGUE, **known), Leading()  # type: ignore[arg-type]
    assert not is_due(dialogue)
    assert [output async for output in LanguageMenu(leading).greet(dialogue)] == GREETING[1:]
    assert await replied(dialogue, "2", leading) == [Say("Go on.")]
    nudged = [output async for output in LanguageMenu(leading).nudge(dialogue)]
    assert nudged == [Say("Are you still there?")]


async def test_the_call_is_opened_in_the_chosen_language() -> None:
    """By whoever leads it; afterwards the menu is out of the way."""
    leading = Leading()
    assert await replied(ASKED, "2", leading) == [SetLanguage("fr-FR"), *GREETING]
    assert leading.greeted == ["fr-FR"]
    later = replace(DIALOGUE, language="fr-FR", is_language_chosen=True, expecting="opening")
    assert await replied(later, "Deux voitures.", leading) == [Say("Go on.")]


async def test_a_key_before_the_question_was_heard_counts() -> None:
    """Who knows the menu does not wait for it; a caller who has spoken already is past it."""
    assert (await replied(DIALOGUE, "2"))[0] == SetLanguage("fr-FR")
    past = DIALOGUE.with_message(Message(Persona.CALLER, "Hello."))
    assert await replied(past, "2") == [Say("Go on.")]


async def test_who_just_speaks_is_answered_in_what_they_speak() -> None:
    """If the recogniser has found it out from words enough."""
    leading = Leading()
    found = replace(ASKED, language="fr-CA")
    assert await replied(found, "Bonjour, j'ai eu un accident.", leading) == GREETING
    assert leading.greeted == ["fr-FR"]
    assert (await replied(found, "Hein ?", leading))[0] == Expect(EXPECTING, 1)
    unknown = replace(ASKED, language="it-IT")
    assert (await replied(unknown, "Ho avuto un incidente.", leading))[0] == Expect(EXPECTING, 1)


async def test_it_is_asked_again_and_then_given_up() -> None:
    """So often as the flags say, also for who is silent; then the first language is spoken."""
    leading = Leading()
    menu = LanguageMenu(leading, attempts_max=1)
    again = ASKED.with_expectation(EXPECTING, 1)
    assert (await replied(ASKED, "What?"))[0] == Expect(EXPECTING, 1)
    assert await anext(menu.nudge(ASKED)) == Expect(EXPECTING, 1)
    assert await replied(again, "What?", leading) == GREETING
    assert [output async for output in menu.nudge(again)] == GREETING
    assert leading.greeted == ["en-US", "en-US"]
    assert (await replied(replace(again, options=Options(attempts_max=2)), ""))[0] == Expect(EXPECTING, 2)
    assert await replied(replace(ASKED, options=Options(attempts_max=0)), "") == GREETING
    await menu.warm_up()


async def test_leaving_a_reply_ends_it_beneath() -> None:
    """Whoever was interrupted is not left writing."""
    closed = []

    class Endless(FakeAssistant):
        async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
            try:
                while True:
                    yield Say("on ")
            finally:
                closed.append(True)

    reply = LanguageMenu(Endless()).reply(Dialogue(Claim(())), "Hello.")
    assert isinstance(reply, AsyncGenerator)
    assert await anext(reply) == Say("on ")
    await reply.aclose()
    assert closed == [True]


async def test_a_choice_by_hand_answers_the_menu() -> None:
    """What the caller says then is for the other assistant."""
    chosen = replace(ASKED, language="fr-FR", is_language_chosen=True)
    assert await replied(chosen, "Un accident.") == [Say("Go on.")]

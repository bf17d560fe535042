"""Conversations in several languages: what was chosen, found out, or never heard."""

import asyncio
from collections.abc import AsyncIterator
from itertools import groupby

import pytest

from agent.assistant import Output, Say, SetLanguage, SetSpeed
from agent.dialogue import Dialogue
from agent.language_menu import LanguageMenu
from media.line import DigitReceived
from pipeline.events import LanguageChosen
from pipeline.ports import Delivery
from pipeline.records import AssistantSaid, BargedIn, LanguageIdentified, SpeechChanged
from tests.pipeline.scene import Scene
from tests.support.fakes import FakeAssistant, FakeStreamingVoice, FakeVoice

LANGUAGES = ("en-US", "fr-FR")
ENGLISH, FRENCH = Delivery("en-US"), Delivery("fr-FR")
BOTH_WAYS = (
    *(("waits", 2_000), ("speaks", 600), ("waits", 3_000), ("speaks", 600), ("waits", 3_000)),
    *(("speaks", 600), ("waits", 3_000)),
)


@pytest.mark.parametrize("voice", [FakeVoice(), FakeStreamingVoice()], ids=["chunks", "stream"])
def test_a_language_is_chosen_and_chosen_back(voice: FakeVoice) -> None:
    """Both directions follow from the word on that says so, and no word is lost on the way."""
    assistant = FakeAssistant(
        [Say("French it is. "), SetLanguage("fr-FR"), SetSpeed(0.9), Say("Bonjour à vous.")],
        [SetSpeed(1.0), Say("Au revoir. "), SetLanguage("en-US"), Say("Hello again.")],
        [Say("Fine.")],
    )
    scene = Scene(["French, please.", "Anglais, s'il vous plaît.", "Thanks a lot."], assistant, voice)
    scene.languages = LANGUAGES
    scene.play(*BOTH_WAYS)
    slow = Delivery("fr-FR", 0.9)
    assert [*zip(voice.said, voice.deliveries, strict=True)] == [
        ("Hello there.", ENGLISH),
        ("French it is.", ENGLISH) if isinstance(voice, FakeStreamingVoice) else ("French it is. ", ENGLISH),
        ("Bonjour à vous.", slow),
        ("Au revoir.", FRENCH) if isinstance(voice, FakeStreamingVoice) else ("Au revoir. ", FRENCH),
        ("Hello again.", ENGLISH),
        ("Fine.", ENGLISH),
    ]
    assert scene.ears.listened_for == [LANGUAGES, ("fr-FR",), ("en-US",)]
    assert scene.heard() == ["French, please.", "Anglais, s'il vous plaît.", "Thanks a lot."]
    changed = [(each.language, each.speed) for each in scene.records.of(SpeechChanged)]
    assert changed == [("fr-FR", 1.0), ("fr-FR", 0.9), ("fr-FR", 1.0), ("en-US", 1.0)]
    assert [dialogue.language for _, dialogue in assistant.asked] == ["", "fr-FR", "en-US"]
    assert scene.failures() == []


def test_a_language_that_was_never_heard_of_is_not_spoken() -> None:
    """The caller goes on speaking before a word of that reply has sounded: nothing has changed."""

    class Hasty(FakeAssistant):
        async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
            if "no" in utterance:
                yield Say("I see.")
                return
            yield SetLanguage("fr-FR")
            await asyncio.sleep(2.0)
            yield Say("Bonjour.")

    scene = Scene(["French,", "no, English, please."], Hasty(), FakeVoice())
    scene.languages = LANGUAGES
    scene.play(("waits", 2_000), ("speaks", 600), ("waits", 900), ("speaks", 600), ("waits", 4_000))
    assert [record.text for record in scene.records.of(AssistantSaid)] == ["Hello there.", "I see."]
    assert scene.records.of(SpeechChanged) == []
    assert scene.ears.listened_for == [LANGUAGES]
    voice = scene.voice
    assert isinstance(voice, FakeVoice)
    assert voice.deliveries[-1] == ENGLISH


class Pressing(Scene):
    """The caller presses a key, amid the menu."""

    def before(self, tasks: asyncio.TaskGroup) -> None:
        async def press() -> None:
            await asyncio.sleep(2.0)
            self.line.put(DigitReceived("2"))

        tasks.create_task(press())


def test_the_menu_is_answered_by_a_key() -> None:
    """Its lines are spoken each by its own voice; the call is opened in the chosen language, and heard in it."""
    voice = FakeVoice()
    scene = Pressing(["Merci."], FakeAssistant([Say("Très bien.")]), voice, in_front=LanguageMenu, languages=LANGUAGES)
    scene.play(("waits", 6_000), ("speaks", 600), ("waits", 3_000))
    spoken = zip(voice.said, voice.deliveries, strict=True)
    by_voice = [("".join(text for text, _ in each), how) for how, each in groupby(spoken, lambda one: one[1])]
    assert by_voice == [
        ("For English, press or say 1.", ENGLISH),
        (" Pour le français, appuyez sur ou dites 2.Hello there.Très bien.", FRENCH),
    ]
    assert scene.ears.listened_for == [LANGUAGES, ("fr-FR",)]
    assert scene.heard() == ["2", "Merci."]
    assert scene.failures() == []


def test_what_the_recogniser_finds_out_is_spoken() -> None:
    """From the next answer on, where the call can be held in it; and it still listens for all."""
    for languages, delivered in ((LANGUAGES, FRENCH), (("en-US", "de-DE"), ENGLISH)):
        scene = Scene(["Bonjour à tous."], FakeAssistant([Say("Bonjour.")]), FakeVoice())
        scene.languages, scene.language_heard = languages, "fr-FR"
        scene.play(("waits", 2_000), ("speaks", 600), ("waits", 3_000))
        voice = scene.voice
        assert isinstance(voice, FakeVoice)
        assert voice.deliveries == [ENGLISH, delivered]
        assert [record.language for record in scene.records.of(LanguageIdentified)] == ["fr-FR"]
        assert scene.ears.listened_for == [languages]


class Choosing(Scene):
    """The caller chooses French by a button, while the greeting is still being heard or later."""

    chosen_after_s = 0.3

    def before(self, tasks: asyncio.TaskGroup) -> None:
        async def choose() -> None:
            await asyncio.sleep(self.chosen_after_s)
            await self.conversation.happened(LanguageChosen("fr-FR"))

        tasks.create_task(choose())


def test_a_button_changes_voice_recogniser_and_assistant() -> None:
    """Amid the greeting: it is said anew in French, and what comes then is heard and answered in it."""
    assistant, voice = FakeAssistant([Say("Très bien.")]), FakeVoice()
    scene = Choosing(["Merci."], assistant, voice, languages=LANGUAGES)
    scene.play(("waits", 4_000), ("speaks", 600), ("waits", 3_000))
    assert [how for _, how in zip(voice.said, voice.deliveries, strict=True)] == [ENGLISH, FRENCH, FRENCH]
    assert voice.said[1:] == ["Hello there.", "Très bien."]
    assert scene.ears.listened_for == [LANGUAGES, ("fr-FR",)]
    assert [dialogue.language for _, dialogue in assistant.asked] == ["fr-FR"]
    assert scene.records.of(BargedIn) == [], "nobody has interrupted"
    assert scene.failures() == []

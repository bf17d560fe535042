"""What is spoken ahead of calls."""

import pytest

from agent.texts.bundled import BUNDLED
from assembly.settings import repertoire_of
from assembly.spoken_ahead import greetings, phrase_book, spoken_ahead
from pipeline.errors import SynthesisError
from pipeline.ports import Delivery
from providers.errors import SpeechServiceFailed
from tests.support.configured import configured
from tests.support.fakes import FakeVoice

AZURE = {"host": "ws://127.0.0.1:1", "languages": ["en-US", "fr-FR", "it-IT"]}
CONFIG = configured(speech={"mode": "azure", "azure": AZURE, "speed": 0.9})
REPERTOIRE = repertoire_of(CONFIG)
SLOW = SynthesisError("too slow for the test")


def test_each_language_has_its_sentences() -> None:
    """And one that we have no texts for those of the first."""
    for tag, texts in (("en-US", BUNDLED["en"]), ("fr-CA", BUNDLED["fr"]), ("it-IT", BUNDLED["en"])):
        assert {texts.farewell[0], texts.opener_statement[0]} <= {*spoken_ahead(CONFIG, REPERTOIRE, tag)}


def test_every_greeting_is_known() -> None:
    """Whichever is chosen."""
    assert len(set(greetings(CONFIG, REPERTOIRE))) == len(BUNDLED["en"].hello)


async def test_a_page_for_each_language() -> None:
    """At the configured speed, by the voice of the language."""
    voice = FakeVoice(delay_s=0)
    book = await phrase_book(CONFIG, REPERTOIRE, voice)
    farewells = {tag: BUNDLED[tag].farewell[0] for tag in ("en", "fr")}
    assert book.piece(farewells["fr"], 16_000, "fr-FR") is not None
    assert book.piece(farewells["fr"], 16_000, "en-US") is None
    assert book.piece(farewells["en"], 16_000, "it-IT") is not None
    assert set(voice.deliveries) == {Delivery(tag, 0.9, is_ahead=True) for tag in ("en-US", "fr-FR", "it-IT")}


async def test_what_cannot_be_spoken_ahead_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """A voice that was too slow for a sentence is asked for the next; the log tells of it, and quotes nothing."""
    texts = spoken_ahead(CONFIG, REPERTOIRE, "en-US")
    voice = FakeVoice(delay_s=0, requests=[[SLOW], None, [0.0, SLOW]])
    book = await phrase_book(CONFIG, REPERTOIRE, voice)
    assert [book.piece(text, 16_000) is None for text in texts[:4]] == [True, False, True, False]
    assert book.piece(BUNDLED["fr"].farewell[0], 16_000, "fr-FR") is not None
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "event=phrase_not_prepared language=en-US error=SynthesisError" in caplog.text
    assert not any(text in caplog.text for text in texts)


async def test_a_voice_that_goes_on_failing_is_not_waited_for() -> None:
    """The server starts, with the sentences that it has."""
    voice = FakeVoice(delay_s=0, requests=[None, *[[SLOW]] * 3])
    book = await phrase_book(CONFIG, REPERTOIRE, voice)
    assert len(voice.said) == 4
    assert book.piece(voice.said[0], 16_000) is not None


async def test_what_would_fail_again_ends_the_start() -> None:
    """A voice that does not exist is for whoever configures it to mend."""
    refused = SynthesisError("refused")
    refused.__cause__ = SpeechServiceFailed("BadRequest", is_permanent=True)
    with pytest.raises(SynthesisError, match="refused"):
        await phrase_book(CONFIG, REPERTOIRE, FakeVoice(delay_s=0, requests=[None, [refused]]))

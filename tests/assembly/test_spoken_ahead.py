"""What is spoken ahead of calls."""

from agent.texts.bundled import BUNDLED
from assembly.settings import repertoire_of
from assembly.spoken_ahead import greetings, phrase_book, spoken_ahead
from pipeline.ports import Delivery
from tests.support.configured import configured
from tests.support.fakes import FakeVoice

AZURE = {"host": "ws://127.0.0.1:1", "languages": ["en-US", "fr-FR", "it-IT"]}
CONFIG = configured(speech={"mode": "azure", "azure": AZURE, "speed": 0.9})
REPERTOIRE = repertoire_of(CONFIG)


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
    assert set(voice.deliveries) == {Delivery(tag, 0.9) for tag in ("en-US", "fr-FR", "it-IT")}

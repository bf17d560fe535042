"""What is spoken ahead of calls, so that it sounds at once, and while the voice is dead."""

from agent.character import Character
from agent.phrases import Phrases
from agent.texts.bundled import Repertoire
from assembly.settings import opener_settings
from config import Config
from pipeline.phrases import PhraseBook
from pipeline.ports import Delivery, TextToSpeech
from pipeline.reply import fixed_phrases


def greetings(config: Config, repertoire: Repertoire) -> tuple[str, ...]:
    """All ways in which calls are opened."""
    texts, who = repertoire.of(""), config.conversation
    character = Character(who.bot_company, who.bot_name)
    return tuple(Phrases(texts, who=character, start=each).greeting() for each in range(len(texts.hello)))


def spoken_ahead(config: Config, repertoire: Repertoire, language: str) -> tuple[str, ...]:
    """Openers and fixed phrases for a call in this language (BCP 47)."""
    openers = opener_settings(config, repertoire=repertoire)
    phrases = fixed_phrases(repertoire).spoken_to(language)
    return tuple(dict.fromkeys((*openers.other_texts.get(phrases.language, openers.texts).all, *phrases.all)))


async def phrase_book(config: Config, repertoire: Repertoire, voice: TextToSpeech) -> PhraseBook:
    """A page for each language that calls are held in.

    Raises:
        pipeline.errors.SynthesisError: The voice failed.
    """
    book: PhraseBook | None = None
    for language in config.languages:
        texts = spoken_ahead(config, repertoire, language)
        page = await PhraseBook.spoken(voice, texts, Delivery(language, config.speech.speed))
        book = page if book is None else book.and_also(page)
    return book or PhraseBook()

"""What is spoken ahead of calls, so that it sounds at once, and while the voice is dead."""

import logging

from agent.character import Character
from agent.phrases import Phrases
from agent.texts.bundled import Repertoire
from assembly.settings import opener_settings
from config import Config
from pipeline.errors import SynthesisError
from pipeline.phrases import PhraseBook
from pipeline.ports import Delivery, TextToSpeech
from pipeline.reply import fixed_phrases
from providers.errors import SpeechServiceFailed

_log = logging.getLogger("antiphon.server")

_FAILURES_MAX = 3
"""Each may have cost a service its whole patience: a start that waits for all of them never ends."""


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

    A sentence that the voice fails on is left out, which the log tells: calls have it spoken
    when it is needed. After some failures the rest is left out, too.

    Raises:
        pipeline.errors.SynthesisError: The voice would fail again, as it is configured.
    """
    failures_left = _FAILURES_MAX
    book = PhraseBook(language=next(iter(config.languages), ""))
    for language in config.languages:
        delivery = Delivery(language, config.speech.speed, is_ahead=True)
        for text in spoken_ahead(config, repertoire, language):
            try:
                book = book.and_also(await PhraseBook.spoken(voice, (text,), delivery))
            except SynthesisError as error:
                if isinstance(cause := error.__cause__, SpeechServiceFailed) and cause.is_permanent:
                    raise
                _log.warning("event=phrase_not_prepared language=%s error=%s", language, type(error).__name__)
                failures_left -= 1
                if not failures_left:
                    return book
    return book

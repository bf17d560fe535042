"""What hears and speaks, by the configuration."""

from contextlib import AsyncExitStack

from assembly.speaking import build_speech
from config import LexiconTerm
from providers.azure_speech_stt import AzureSpeechToText
from providers.cached_voice import CachedVoice
from tests.support.configured import configured

LEXICON = (LexiconTerm(term="Siobhan", sounds_like="shiv awn"), LexiconTerm(term="Contoso"))


async def test_the_words_of_the_company_are_expected_and_pronounced() -> None:
    """The recogniser is told of all of them, beside its phrases, and the voice how they sound."""
    azure = {"host": "ws://127.0.0.1:9", "phrases": ["Contoso", "claim"], "local_fallback": False}
    speech = configured(speech={"mode": "azure", "azure": azure}).speech
    async with AsyncExitStack() as stack:
        ears, mouth = build_speech(speech, (), stack, lexicon=LEXICON)
        assert isinstance(ears, AzureSpeechToText)
        assert isinstance(mouth, CachedVoice)
        assert ears.settings.phrases == ("Contoso", "claim", "Siobhan")

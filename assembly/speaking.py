"""What hears and speaks, by the configuration."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from assembly.caches import remembering
from config import LexiconTerm, SpeechConfig
from pipeline.ports import Delivery, SpeechToText, TextToSpeech
from providers.fallback_voice import FallbackVoice
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from providers.pronunciation import Lexicon

_log = logging.getLogger("antiphon.server")


def build_speech(
    speech: SpeechConfig,
    phrases: tuple[str, ...],
    stack: AsyncExitStack,
    *,
    languages: tuple[str, ...] = (),
    lexicon: Sequence[LexiconTerm] = (),
    is_patient: bool = False,
) -> tuple[SpeechToText, TextToSpeech]:
    """What hears and speaks: local engines, or Azure with the local voice behind it.

    Args:
        speech: See there.
        phrases: That the local voice is to have ready.
        stack: Closes what is opened.
        languages: What calls are held in; empty: what ``speech`` itself hears and speaks.
        lexicon: The company's words.
        is_patient: Wait for Azure's voice longer than a caller would.
    """
    sounds = Lexicon({each.term: each.sounds_like for each in lexicon})
    spoken_at = Delivery(speed=speech.speed)
    piper = PiperTextToSpeech(
        threads=speech.inference_threads, phrases=phrases, phrases_delivery=spoken_at, lexicon=sounds
    )
    stack.push_async_callback(piper.close)
    if speech.mode == "local":
        moonshine = MoonshineSpeechToText(threads=speech.inference_threads)
        stack.push_async_callback(moonshine.close)
        return moonshine, piper
    # The SDK is a large native library: who does not use it should not load it.
    from providers.azure_cast import AzureVoiceSettings
    from providers.azure_engines import AzureSpeechSettings, azure_engines
    from providers.azure_speech import log_warnings
    from providers.azure_speech_tts import AzureVoiceWatchdogs

    azure = speech.azure
    if azure.log_path is not None:
        log_warnings(azure.log_path)
    settings = azure.model_dump(exclude={"key", "local_fallback", "log_path", "voices", "languages"})
    settings["languages"] = languages or azure.languages
    settings["phrases"] = tuple(dict.fromkeys((*azure.phrases, *(each.term for each in lexicon))))
    voices = {tag: AzureVoiceSettings(language=tag, **each.model_dump()) for tag, each in azure.voices.items()}
    ears, mouth = azure_engines(
        AzureSpeechSettings(key=azure.key.get_secret_value(), voices=voices, pronunciation=sounds, **settings),
        voice_watchdogs=AzureVoiceWatchdogs(first_sound_ms=20_000, stall_ms=20_000) if is_patient else None,
    )
    stack.push_async_callback(ears.close)
    stack.push_async_callback(mouth.close)
    if azure.streams_text:
        return ears, mouth
    voice_of_all = remembering(mouth, azure)
    if not azure.local_fallback:
        return ears, voice_of_all
    return ears, FallbackVoice(
        voice_of_all, piper, lambda error: _log.warning("event=voice_failed error=%s", type(error).__name__)
    )

"""Recognition and synthesis by one Azure Speech account, put together from flat settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers.azure_cast import AzureVoiceSettings
from providers.azure_recognizer import AzureRecognitionSettings
from providers.azure_speech import AzureSpeechAccount, Token
from providers.azure_speech_stream import AzureStreamingTextToSpeech
from providers.azure_speech_stt import AzureSpeechToText
from providers.azure_speech_tts import AzureTextToSpeech, AzureVoiceWatchdogs
from providers.pronunciation import Lexicon
from providers.spoken_text import AS_WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSpeechSettings:
    """What a configuration says of Azure Speech; the parts are explained where they are used."""

    region: str = ""
    endpoint: str = ""
    host: str = ""
    key: str = field(default="", repr=False)
    languages: tuple[str, ...] = ("en-US",)
    phrases: tuple[str, ...] = ()
    segmentation_silence_ms: int = 500
    recognition_endpoint_id: str = ""
    commits: bool = False
    voice: str = "en-US-AvaMultilingualNeural"
    voice_language: str = "en-US"
    style: str = ""
    rate: str = ""
    lexicon_url: str = ""
    voice_endpoint_id: str = ""
    voices: Mapping[str, AzureVoiceSettings] = field(default_factory=dict)
    """Of other languages than ``voice_language``, by their tags."""
    pronunciation: Lexicon = AS_WRITTEN
    streams_text: bool = False


def azure_engines(
    settings: AzureSpeechSettings, *, token: Token | None = None, voice_watchdogs: AzureVoiceWatchdogs | None = None
) -> tuple[AzureSpeechToText, AzureTextToSpeech]:
    """Both engines, to be warmed up and closed.

    Args:
        settings: See there.
        token: Instead of a key; see ``providers.azure_speech.Token``.
        voice_watchdogs: How long the voice may be silent; None: as long as a caller would wait.
    """
    account = AzureSpeechAccount(
        region=settings.region, endpoint=settings.endpoint, host=settings.host, key=settings.key, token=token
    )
    recognition = AzureRecognitionSettings(
        languages=settings.languages,
        phrases=settings.phrases,
        segmentation_silence_ms=settings.segmentation_silence_ms,
        endpoint_id=settings.recognition_endpoint_id,
        commits=settings.commits,
    )
    voice = AzureVoiceSettings(
        voice=settings.voice,
        language=settings.voice_language,
        style=settings.style,
        rate=settings.rate,
        lexicon_url=settings.lexicon_url,
        endpoint_id=settings.voice_endpoint_id,
        pronunciation=settings.pronunciation,
    )
    mouth = AzureStreamingTextToSpeech if settings.streams_text else AzureTextToSpeech
    speaks = mouth(account, voice, voices=settings.voices, languages=settings.languages, watchdogs=voice_watchdogs)
    return AzureSpeechToText(account, recognition), speaks

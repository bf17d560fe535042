"""What a configuration says of speech: who hears and speaks, and in which languages."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from agent.language_tags import closest

Tag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A language, BCP 47."""


class Section(BaseModel):
    """Read once and kept; a key that does not exist is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AzureVoiceConfig(Section):
    """A voice of Azure Speech for one language."""

    voice: str
    """Its name, as in ``fr-FR-DeniseNeural``."""
    style: str = ""
    rate: str = ""
    """Of speech, as in ``+10%``."""
    lexicon_url: str = ""
    endpoint_id: str = ""
    """Of a custom voice."""


class AzureSpeechConfig(Section):
    """Azure Speech, with ``speech.mode: azure``. One of ``host``, ``endpoint`` and ``region``."""

    region: str = ""
    """For example ``westeurope``."""
    endpoint: str = ""
    """Of a resource with a name of its own: ``https://name.cognitiveservices.azure.com``."""
    host: str = ""
    """``wss://host`` of a container; ``ws://127.0.0.1:8093`` of the emulator (python -m emulators.speech)."""
    key: SecretStr = SecretStr("")
    languages: tuple[Tag, ...] = Field(default=("en-US",), min_length=1, max_length=10)
    """What callers may speak (BCP 47); with more than one the service finds out which."""
    phrases: tuple[str, ...] = ()
    """Names and terms that callers are likely to say."""
    segmentation_silence_ms: int = Field(default=500, ge=100, le=5_000)
    recognition_endpoint_id: str = ""
    """Of a custom recognition model."""
    commits: bool = False
    """Ask for final texts at the end of speech; needs a service that knows it (SDK 1.53)."""
    voice: str = "en-US-AvaMultilingualNeural"
    """Speaks ``voice_language``; if its name says Multilingual, all of ``languages`` that ``voices`` does not name."""
    voice_language: Tag = "en-US"
    style: str = ""
    rate: str = ""
    """Of speech, as in ``+10%``."""
    lexicon_url: str = ""
    voice_endpoint_id: str = ""
    """Of a custom voice."""
    voices: dict[Tag, AzureVoiceConfig] = Field(default_factory=dict)
    """Those of other languages, by their tags, as in ``fr-FR: {voice: fr-FR-DeniseNeural}``."""
    local_fallback: bool = True
    """When the service cannot speak, the local voice does (English)."""
    streams_text: bool = False
    """Give the voice the text as it is written; there is no local fallback then."""
    log_path: Path | None = None
    """Where the SDK writes its own warnings and errors, from the start of the server; None: nowhere."""


class SpeechConfig(Section):
    """What hears and speaks."""

    mode: Literal["local", "azure"] = "local"
    azure: AzureSpeechConfig = AzureSpeechConfig()
    vad: Literal["silero", "webrtc"] = "silero"
    inference_threads: int = Field(default=2, ge=1, le=64)
    playout_lead_ms: int = Field(default=80, ge=20, le=200)
    """How far the wire may be ahead of the caller's ear."""
    speed: float = Field(default=1.0, ge=0.75, le=1.25)
    """Of the voice, as long as a call has no other."""

    @property
    def languages(self) -> tuple[str, ...]:
        """What it both hears and speaks, if nothing is said of calls."""
        return self.spoken(self.azure.languages) if self.mode == "azure" else ("en-US",)

    def spoken(self, languages: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these languages that there is a voice for."""
        azure = self.azure
        if self.mode == "azure" and "multilingual" in azure.voice.casefold():
            return languages
        voices = (azure.voice_language, *azure.voices) if self.mode == "azure" else ("en-US",)
        return tuple(each for each in languages if closest(each, voices) is not None)

    @model_validator(mode="after")
    def _azure_is_somewhere(self) -> Self:
        if self.mode == "azure" and not (self.azure.host or self.azure.endpoint or self.azure.region):
            raise ValueError("mode azure needs azure.region, azure.endpoint or azure.host")
        return self

"""Which voice of Azure Speech says what: by language, speed and style."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from xml.sax.saxutils import quoteattr

from agent.language_tags import closest, primary
from pipeline.errors import SynthesisError
from pipeline.ports import Delivery
from providers.pronunciation import Lexicon
from providers.spoken_text import AS_WRITTEN

_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?)%")
_FACTOR = re.compile(r"\d+(?:\.\d+)?")
_MULTILINGUAL = re.compile("multilingual|dragonhd", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureVoiceSettings:
    """How the service is to speak."""

    voice: str = "en-US-AvaMultilingualNeural"
    language: str = "en-US"
    style: str = ""
    """As in ``customerservice``; for voices that have styles."""
    rate: str = ""
    """Of speech, as in ``+10%``."""
    lexicon_url: str = ""
    """An https address of a pronunciation lexicon (PLS)."""
    endpoint_id: str = ""
    """Of a custom voice."""
    pronunciation: Lexicon = AS_WRITTEN
    """What the company's words sound like; not for a voice that streams, which takes no SSML."""
    sample_rate_hz: int = 16_000
    """16000 or 24000."""

    @property
    def is_multilingual(self) -> bool:
        """By its name: it speaks other languages than its own, too."""
        return _MULTILINGUAL.search(self.voice) is not None

    def ssml(self, text: str) -> str:
        """The document that says this text."""
        spoken = self.pronunciation.ssml(text)
        if self.rate:
            spoken = f"<prosody rate={quoteattr(self.rate)}>{spoken}</prosody>"
        if primary(self.voice) != primary(self.language) and self.is_multilingual:
            # Without it such a voice guesses, and from a few words it guesses wrong.
            spoken = f"<lang xml:lang={quoteattr(self.language)}>{spoken}</lang>"
        if self.style:
            spoken = f"<mstts:express-as style={quoteattr(self.style)}>{spoken}</mstts:express-as>"
        lexicon = f"<lexicon uri={quoteattr(self.lexicon_url)}/>" if self.lexicon_url else ""
        return (
            '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" '
            f'xmlns:mstts="https://www.w3.org/2001/mstts" xml:lang={quoteattr(self.language)}>'
            f"<voice name={quoteattr(self.voice)}>{lexicon}{spoken}</voice></speak>"
        )

    def delivered(self, delivery: Delivery) -> "AzureVoiceSettings":
        """The same voice at another speed, in another style."""
        return replace(self, rate=_faster(self.rate, delivery.speed), style=delivery.style or self.style)


class AzureCast:
    """The voices of one account. Read-only once made."""

    def __init__(
        self,
        own: AzureVoiceSettings,
        others: Mapping[str, AzureVoiceSettings] | None = None,
        *,
        extra: tuple[str, ...] = (),
    ) -> None:
        """Cast them.

        Args:
            own: Who speaks where no language is asked for.
            others: By language (BCP 47); ``language``, ``sample_rate_hz`` and ``pronunciation`` are set here.
            extra: Languages that ``own`` speaks beside, if it is multilingual.
        """
        self.own = own
        cast = {own.language: own} | {
            tag: replace(voice, language=tag, sample_rate_hz=own.sample_rate_hz, pronunciation=own.pronunciation)
            for tag, voice in (others or {}).items()
        }
        for tag in extra if own.is_multilingual else ():
            if closest(tag, cast) is None:
                cast[tag] = replace(own, language=tag, lexicon_url="")
        self._cast = MappingProxyType(cast)

    @property
    def languages(self) -> tuple[str, ...]:
        """What they speak, the own voice's first."""
        return tuple(self._cast)

    def voice_for(self, delivery: Delivery) -> AzureVoiceSettings:
        """Who says it, and how.

        Raises:
            pipeline.errors.SynthesisError: Nobody speaks the language.
        """
        tag = closest(delivery.language, self._cast) if delivery.language else self.own.language
        if tag is None:
            raise SynthesisError(f"there is no voice for {delivery.language}")
        return self._cast[tag].delivered(delivery)


def _faster(rate: str, speed: float) -> str:
    """A rate of the service, times ``speed``; a rate by name, as ``slow``, gives way to a speed."""
    if speed == 1.0:
        return rate
    factor = 1.0
    if percent := _PERCENT.fullmatch(rate):
        factor = 1 + float(percent[1]) / 100
    elif _FACTOR.fullmatch(rate):
        factor = float(rate)
    return f"{round((factor * speed - 1) * 100):+d}%"

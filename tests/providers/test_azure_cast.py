from xml.etree import ElementTree

import pytest

from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery
from providers.azure_cast import AzureCast, AzureVoiceSettings

AVA = AzureVoiceSettings(style="customerservice", lexicon_url="https://x.test/en.xml")
DENISE = AzureVoiceSettings(voice="fr-FR-DeniseNeural", rate="-10%", sample_rate_hz=24_000)


def test_each_language_has_its_voice() -> None:
    """A language without one is spoken by the first voice if that is multilingual; and by nobody if it is not."""
    cast = AzureCast(AVA, {"fr-FR": DENISE}, extra=("en-GB", "fr-FR", "de-DE"))
    assert cast.languages == ("en-US", "fr-FR", "de-DE")
    assert cast.voice_for(AS_IT_IS) == AVA
    french, german = (cast.voice_for(Delivery(language)) for language in ("fr-CA", "de"))
    assert (french.voice, french.language, french.rate, french.sample_rate_hz) == (
        DENISE.voice,
        "fr-FR",
        "-10%",
        16_000,
    )
    assert (german.voice, german.language, german.lexicon_url) == (AVA.voice, "de-DE", "")
    with pytest.raises(SynthesisError, match="it-IT"):
        cast.voice_for(Delivery("it-IT"))
    assert AzureCast(DENISE, extra=("de-DE",)).languages == ("en-US",)


def test_a_multilingual_voice_is_told_what_it_speaks() -> None:
    """From three words it would guess; in its own language it knows."""
    cast = AzureCast(AVA, extra=("de-DE",))
    german, english = cast.voice_for(Delivery("de-DE")).ssml("Guten Tag."), cast.voice_for(AS_IT_IS).ssml("Hello.")
    assert '<lang xml:lang="de-DE">Guten Tag.</lang></mstts:express-as>' in german
    assert "<lang" not in english
    assert ElementTree.fromstring(german).get("{http://www.w3.org/XML/1998/namespace}lang") == "de-DE"


@pytest.mark.parametrize(
    ("rate", "speed", "expected"),
    [
        ("", 1.0, ""),
        ("", 1.25, "+25%"),
        ("+10%", 1.0, "+10%"),
        ("+10%", 0.8, "-12%"),
        ("1.2", 1.25, "+50%"),
        ("slow", 1.0, "slow"),
        ("slow", 1.1, "+10%"),
    ],
)
def test_a_speed_comes_on_top_of_the_rate(rate: str, speed: float, expected: str) -> None:
    """Both count; a rate that has a name gives way."""
    voice = AzureCast(AzureVoiceSettings(rate=rate)).voice_for(Delivery(speed=speed, style="calm"))
    assert (voice.rate, voice.style) == (expected, "calm")

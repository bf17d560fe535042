import pytest
from pydantic import ValidationError

from providers.speech_settings import SpeechConfig

AZURE = {"host": "ws://127.0.0.1:1", "languages": ["fr-FR", "en-GB", "de-DE"]}


@pytest.mark.parametrize(
    ("azure", "languages"),
    [
        ({}, ("fr-FR", "en-GB", "de-DE")),
        ({"voice": "en-US-JennyNeural"}, ("en-GB",)),
        ({"voice": "en-US-JennyNeural", "voices": {"de-AT": {"voice": "x"}}}, ("en-GB", "de-DE")),
        ({"voice": "it-IT-ElsaNeural", "voice_language": "it-IT"}, ()),
    ],
)
def test_languages_are_those_with_a_voice(azure: dict[str, object], languages: tuple[str, ...]) -> None:
    """In the order of the recogniser's; a multilingual voice has them all, and the local one is English."""
    assert SpeechConfig.model_validate({"mode": "azure", "azure": AZURE | azure}).languages == languages
    assert SpeechConfig.model_validate({"azure": AZURE | azure}).languages == ("en-US",)


def test_azure_is_somewhere() -> None:
    """Nothing is asked of a service that nobody can reach."""
    with pytest.raises(ValidationError, match="needs"):
        SpeechConfig.model_validate({"mode": "azure"})

import pytest

from emulators.errors import ProtocolViolation
from emulators.speech_synthesis import Request, spoken_text

SPEAK = '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">'


def test_the_text_of_a_document() -> None:
    """Markup is left out, and blanks are one."""
    ssml = f'{SPEAK}<voice name="v">Fish &amp;\n <prosody rate="1">chips</prosody></voice></speak>'
    assert spoken_text(ssml) == "Fish & chips"


@pytest.mark.parametrize(
    ("ssml", "reason"),
    [
        ("Hello", "no XML"),
        (f'{SPEAK}<voice name="v">Hello</speak>', "no XML"),
        ("<say version='1.0'><voice name='v'/></say>", "no <speak"),
        ("<speak><voice name='v'>Hello</voice></speak>", "no <speak"),
        (f"{SPEAK}Hello</speak>", "names no voice"),
        (f"{SPEAK}<voice>Hello</voice></speak>", "names no voice"),
    ],
)
def test_documents_that_the_service_would_not_take(ssml: str, reason: str) -> None:
    """Each with its reason."""
    with pytest.raises(ProtocolViolation, match=reason):
        spoken_text(ssml)


def test_the_rate_is_that_of_the_output_format() -> None:
    """Raw PCM of two rates; nothing else is pretended."""
    audio = {"outputFormat": "raw-24khz-16bit-mono-pcm"}
    assert Request({"synthesis": {"audio": audio}}).rate_hz == 24_000
    with pytest.raises(ProtocolViolation, match="mp3"):
        _ = Request({"synthesis": {"audio": {"outputFormat": "audio-16khz-32kbitrate-mono-mp3"}}}).rate_hz

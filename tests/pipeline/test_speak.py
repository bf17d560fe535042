from media.playout import Word
from pipeline.speak import Speaking
from tests.support.fakes import FakeVoice


async def test_sound_is_converted_to_the_rate_of_the_line() -> None:
    """Words move with it, and the first audible sample is found."""
    (piece,) = [piece async for piece in Speaking(FakeVoice(delay_s=0), line_rate_hz=24_000).speak("Two words.")]
    assert abs(len(piece.pcm) // 2 - 4_800) <= 1
    assert piece.words == (Word("Two", 2_400), Word("words.", 4_800))
    assert piece.first_audible_sample == 0

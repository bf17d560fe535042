"""The caller's own voice."""

from emulators.caller import VoicedLine
from emulators.caller_voice import caller_voice
from emulators.scenario import Line
from emulators.voicing import Voicing


async def test_the_same_text_has_the_same_sound() -> None:
    """Two calls of one scenario can be compared; and it is speech of plausible length."""
    sounds = []
    for _ in range(2):
        voice = caller_voice()
        try:
            (line,) = await Voicing().voiced((Line("Yes, that is right."),), voice)
        finally:
            await voice.close()
        assert isinstance(line, VoicedLine)
        sounds.append(line.pcm)
    assert sounds[0] == sounds[1]
    assert 16_000 < len(sounds[0]) < 5 * 32_000

"""From what a voice model puts out to what a caller shall hear: trimmed, levelled, resampled."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soxr

Audio = npt.NDArray[np.float32]

LEVEL_DBFS = -22.0
"""Mean power while speaking, relative to a full-scale square wave."""
PEAK_DBFS = -3.0
"""Never louder, whatever the level would ask."""

_LEAD_MS = 10
_TAIL_MS = 40
_FRAME_MS = 10
_SILENT_BELOW_LOUDEST_DB = 42.0
_FADE_MS = 3


def finished(
    audio: Audio, word_ends: Sequence[int], *, from_rate_hz: float, to_rate_hz: int
) -> tuple[npt.NDArray[np.int16], tuple[int, ...]]:
    """Trim, resample and level a piece of speech.

    Args:
        audio: Samples in [-1, 1], silence around them.
        word_ends: One past the last sample of each word.
        from_rate_hz: The rate at which ``audio`` is to be taken; other than the model's
            own it changes the pitch and the speed.
        to_rate_hz: The rate of the result.

    Returns:
        The samples, and the word ends in them: never falling, none beyond the end. No
        samples for silence.
    """
    resampled = soxr.resample(audio, from_rate_hz, to_rate_hz).astype(np.float32)
    start, end = _sounding(resampled, to_rate_hz)
    trimmed = _levelled(resampled[start:end], to_rate_hz)
    ratio = to_rate_hz / from_rate_hz
    places = np.clip(np.round(np.asarray(word_ends) * ratio).astype(np.int64) - start, 0, len(trimmed))
    return trimmed, tuple(int(place) for place in np.maximum.accumulate(places))


def _sounding(audio: Audio, rate_hz: int) -> tuple[int, int]:
    """Find the part with sound, with a little room around it; empty for silence."""
    power = _frame_power(audio, rate_hz)
    if not len(power) or power.max() <= 0:
        return 0, 0
    loud = np.flatnonzero(power > power.max() * 10 ** (-_SILENT_BELOW_LOUDEST_DB / 10))
    frame = rate_hz * _FRAME_MS // 1000
    start = int(loud[0]) * frame - rate_hz * _LEAD_MS // 1000
    end = (int(loud[-1]) + 1) * frame + rate_hz * _TAIL_MS // 1000
    return max(0, start), min(len(audio), end)


def _levelled(audio: Audio, rate_hz: int) -> npt.NDArray[np.int16]:
    """Bring the voice to the one level, soften the edges, make it 16 bit."""
    if not len(audio):
        return np.zeros(0, np.int16)
    power = _frame_power(audio, rate_hz)
    speaking = power[power > power.max() * 0.01] if len(power) else np.square(audio)
    gain = 10 ** (LEVEL_DBFS / 20) / float(np.sqrt(speaking.mean()))
    gain = min(gain, 10 ** (PEAK_DBFS / 20) / float(np.abs(audio).max()))
    shaped = audio * np.float32(gain)
    fade = min(rate_hz * _FADE_MS // 1000, len(shaped) // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    shaped[:fade] *= ramp
    shaped[len(shaped) - fade :] *= ramp[::-1]
    return np.round(shaped * 32_767).astype(np.int16)


def _frame_power(audio: Audio, rate_hz: int) -> npt.NDArray[np.float32]:
    frame = rate_hz * _FRAME_MS // 1000
    whole = len(audio) // frame * frame
    power: npt.NDArray[np.float32] = np.square(audio[:whole].reshape(-1, frame)).mean(axis=1)
    return power

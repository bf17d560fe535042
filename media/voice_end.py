"""Where a voice ended, as an ear hears it: one definition for what is reported and for what checks it.

The last voiced sample is the last that a listener would still give to the speaker: the
tail of a vowel, a faint fricative, the release of a stop. It is not the rumble below any
voice, not the noise of room and line, and not the breath that is drawn afterwards. So
levels are taken without what is below 100 Hz, and held against the speech before them and
against the quietest moment around them; no level is absolute but that of a line at rest.
"""

import numpy as np
import numpy.typing as npt

from media.frames import samples_in

Samples = npt.NDArray[np.float32]

_LOWEST_VOICE_HZ = 100.0
"""Wideband telephony carries nothing below (ITU-T P.341), and the ear hears little there."""
_FAST_SIZE = 4_096
"""Multiples of this are transformed fast: three seconds take 1.5 ms."""
_STEP_MS = 5
_WINDOW_STEPS = 3
"""Levels are those of 15 ms: shorter sounds must be louder to be heard."""
_BELOW_SPEECH_DB = 36.0
"""The faintest consonant is 28 dB weaker than the loudest vowel (Fletcher), and the end of a sentence weaker still."""
_ABOVE_NOISE_DB = 8.0
"""Over the quietest 15 ms: steady noise comes 5 dB above them now and again."""
_NOISE_BELOW_SPEECH_DB = 15.0
"""What is stronger is speech, however loud its quietest moment is."""
_LINE_AT_REST_DBFS = -60.0
"""G.711 and a quiet line make noise up to here."""
_LOUD_BELOW_SPEECH_DB = 20.0
_SPEECH_MS = 1_500
"""The speech that an end is held against: of the last words, as speakers become quieter."""
_CLOSURE_MS = 150
"""A stop consonant is silent for no longer before its release…"""
_BREATH_BELOW_SPEECH_DB = 25.0
"""…so what is this much weaker than the speech, and comes later, is a breath."""


def voice_end(pcm: bytes, sample_rate_hz: int, *, noise_until_sample: int | None = None) -> int | None:
    """One past the last voiced sample; None where nobody speaks.

    Args:
        pcm: 16-bit mono: one stretch of speech, with what followed it.
        sample_rate_hz: Of ``pcm``.
        noise_until_sample: What comes later says nothing about the noise under the voice: the
            line may have fallen silent. None: all of it does.
    """
    full_scale = np.frombuffer(pcm, dtype="<i2").astype(np.float32) * np.float32(1 / 32768)
    sound = _without_rumble(full_scale, sample_rate_hz)
    step = samples_in(_STEP_MS, sample_rate_hz)
    levels = _levels_dbfs(sound, step)
    if not len(levels):
        return None
    loudest = np.percentile(levels, 95)
    loud_until = int(np.flatnonzero(levels >= loudest - _LOUD_BELOW_SPEECH_DB)[-1]) + 1
    speech = float(np.percentile(levels[max(0, loud_until - _SPEECH_MS // _STEP_MS) : loud_until], 95))
    known = len(levels) if noise_until_sample is None else max(1, noise_until_sample // step - _WINDOW_STEPS)
    noise = float(levels[:known].min())
    threshold = max(
        _LINE_AT_REST_DBFS,
        speech - _BELOW_SPEECH_DB,
        min(noise + _ABOVE_NOISE_DB, speech - _NOISE_BELOW_SPEECH_DB),
    )
    last = _last_voiced_window(levels, speech, threshold)
    if last is None:
        return None
    start = last * step
    magnitudes = np.abs(sound[start : start + _WINDOW_STEPS * step])
    return start + int(np.flatnonzero(magnitudes >= 10 ** (threshold / 20))[-1]) + 1


def _last_voiced_window(levels: Samples, speech: float, threshold: float) -> int | None:
    """The last window above the threshold, later breaths left out."""
    voiced = np.flatnonzero(levels >= threshold)
    if not len(voiced):
        return None
    gaps = np.flatnonzero(np.diff(voiced) > _CLOSURE_MS // _STEP_MS)
    for first, last in zip([0, *(gaps + 1)][::-1], [*gaps, len(voiced) - 1][::-1], strict=True):
        if levels[voiced[first] : voiced[last] + 1].max() >= speech - _BREATH_BELOW_SPEECH_DB:
            return int(voiced[last])
    return None


def _levels_dbfs(sound: Samples, step: int) -> Samples:
    """One level for every 5 ms: that of the 15 ms which begin there."""
    whole = sound[: len(sound) // step * step].reshape(-1, step)
    if len(whole) < _WINDOW_STEPS:
        return np.zeros(0, np.float32)
    power = np.einsum("ij,ij->i", whole, whole) / step
    smooth = np.convolve(power, np.full(_WINDOW_STEPS, 1 / _WINDOW_STEPS), "valid")
    return (10 * np.log10(smooth + 1e-12)).astype(np.float32)


def _without_rumble(sound: Samples, sample_rate_hz: int) -> Samples:
    """A fourth-order high-pass that moves nothing in time."""
    # Silence behind the end, or the filter would take the beginning for what follows it.
    size = len(sound) + sample_rate_hz // 20
    size += -size % _FAST_SIZE
    frequencies = np.fft.rfftfreq(size, 1 / sample_rate_hz).astype(np.float32)
    frequencies[0] = 1.0
    gains = 1 / np.sqrt(1 + (_LOWEST_VOICE_HZ / frequencies) ** 8, dtype=np.float32)
    return np.fft.irfft(np.fft.rfft(sound, size) * gains, size)[: len(sound)].astype(np.float32)

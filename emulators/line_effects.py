"""What a telephone line does to the caller's voice on its way to ACS.

Streaming: one 20 ms frame in, one out, state kept between. The order is that of
the world: the loudspeaker leaks into the microphone (``Echo``), then the line
carries the sum (``TelephoneBand``: 300 to 3400 Hz, 8 kHz, G.711 mu-law).

What the caller hears is left clean: it is no matter to the server under test,
which hears of it through the echo only, and the echo passes the line as well.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emulators.audible import Samples, ms_to_samples, samples_of, samples_per_frame
from emulators.g711 import mu_law_decode, mu_law_encode

Floats = npt.NDArray[np.float64]

TELEPHONE_RATE_HZ = 8000
BAND_HZ = (300.0, 3400.0)
_BAND_FILTER_MS = 16
"""Length of the linear-phase band filter: a transition of about 200 Hz (Hamming, 3.3 / length)."""
_IMAGE_FILTER_MS = 4
"""Length of the filter that removes the images after upsampling: 3400 to 4600 Hz is free for it."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How bad a line is. The default is a perfect one."""

    g711: bool = False
    """Telephone band and mu-law."""
    echo_level_db: float | None = None
    """Level of the echo relative to the heard voice; None for no echo. At most 0."""
    echo_delay_ms: int = 120
    """From the caller's ear to the caller's microphone and back to us."""


class LineEffects:
    """One caller's line.

    Attributes:
        delay_samples: By how much the voice leaves later than it went in: the delay of
            the linear-phase filters, in whole samples, 0 without G.711.
    """

    def __init__(self, settings: LineSettings, *, sample_rate_hz: int) -> None:
        self._echo = (
            Echo(delay_ms=settings.echo_delay_ms, level_db=settings.echo_level_db, sample_rate_hz=sample_rate_hz)
            if settings.echo_level_db is not None
            else None
        )
        self._band = TelephoneBand(sample_rate_hz=sample_rate_hz) if settings.g711 else None
        self.delay_samples = self._band.delay_samples if self._band else 0

    @property
    def is_clean(self) -> bool:
        """Whether what the caller says arrives as it is."""
        return self._echo is None and self._band is None

    def uplink(self, spoken: bytes, heard: bytes) -> bytes:
        """Carry one frame from the microphone to ACS.

        Args:
            spoken: What the caller says in this frame.
            heard: What the caller has heard in the same 20 ms.

        Returns:
            One frame; ``spoken`` itself on a perfect line.
        """
        if self.is_clean:
            return spoken
        samples = samples_of(spoken)
        if self._echo is not None:
            samples = self._echo.mix(samples, samples_of(heard))
        if self._band is not None:
            samples = self._band.carry(samples)
        return samples.tobytes()


class Echo:
    """The assistant's voice, leaking into the caller's microphone: one attenuated, delayed path."""

    def __init__(self, *, delay_ms: int, level_db: float, sample_rate_hz: int) -> None:
        if delay_ms < 0:
            raise ValueError("an echo cannot come before its sound")
        if level_db > 0:
            raise ValueError("an echo is not louder than its sound: give a level of at most 0 dB")
        self._gain = 10.0 ** (level_db / 20.0)
        self._delayed = np.zeros(ms_to_samples(delay_ms, sample_rate_hz), dtype=np.int16)

    def mix(self, spoken: Samples, heard: Samples) -> Samples:
        """Add the echo of what was heard ``delay_ms`` ago."""
        line = np.concatenate((self._delayed, heard))
        self._delayed = line[heard.size :]
        mixed = spoken + self._gain * line[: heard.size]
        return _to_int16(mixed)


class TelephoneBand:
    """Down to 8 kHz, 300 to 3400 Hz, G.711 mu-law and back, at the rate of the stream.

    Linear phase: everything is delayed by ``delay_samples`` and nothing else.
    """

    def __init__(self, *, sample_rate_hz: int) -> None:
        if sample_rate_hz % TELEPHONE_RATE_HZ:
            raise ValueError(f"{sample_rate_hz} Hz is not a multiple of {TELEPHONE_RATE_HZ} Hz")
        self._factor = sample_rate_hz // TELEPHONE_RATE_HZ
        if samples_per_frame(sample_rate_hz) % self._factor:
            raise ValueError("a frame does not hold a whole number of 8 kHz samples")
        low, high = (band / sample_rate_hz for band in BAND_HZ)
        band_taps = _odd(ms_to_samples(_BAND_FILTER_MS, sample_rate_hz))
        image_taps = _odd(ms_to_samples(_IMAGE_FILTER_MS, sample_rate_hz))
        self._band_filter = _low_pass(band_taps, high) - _low_pass(band_taps, low)
        self._image_filter = self._factor * _low_pass(image_taps, 0.5 / self._factor)
        self._band_history = np.zeros(band_taps - 1)
        self._image_history = np.zeros(image_taps - 1)
        self.delay_samples = (band_taps - 1) // 2 + (image_taps - 1) // 2

    def carry(self, samples: Samples) -> Samples:
        """Pass one frame (a multiple of the decimation factor) through the line."""
        line = np.concatenate((self._band_history, samples.astype(np.float64)))
        self._band_history = line[samples.size :]
        narrow = np.convolve(line, self._band_filter, mode="valid")[:: self._factor]
        carried = mu_law_decode(mu_law_encode(_to_int16(narrow)))
        spread = np.zeros(samples.size)
        spread[:: self._factor] = carried
        line = np.concatenate((self._image_history, spread))
        self._image_history = line[samples.size :]
        return _to_int16(np.convolve(line, self._image_filter, mode="valid"))


def _low_pass(taps: int, cutoff: float) -> Floats:
    """A windowed-sinc low-pass with unit gain at 0 Hz; ``cutoff`` in cycles per sample."""
    n = np.arange(taps) - (taps - 1) / 2
    response: Floats = np.sinc(2 * cutoff * n) * np.hamming(taps)
    normalised: Floats = response / response.sum()
    return normalised


def _odd(taps: int) -> int:
    """An odd length delays by a whole number of samples."""
    return taps | 1


def _to_int16(samples: Floats) -> Samples:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)

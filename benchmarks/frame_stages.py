"""Two stages of a frame's way that depend on more than the frame: on the calls beside it, and on an echo."""

from collections.abc import Sequence
from time import perf_counter_ns

import numpy as np

from benchmarks.load_services import ChatteringVoice, line_noise
from media.echo import EchoCanceller
from media.frames import frame_bytes, sample_count
from vad.activity import VoiceActivity
from vad.silero import SileroDetector, SileroModel, probabilities_together

TOGETHER = 12
"""Windows that fall due within ``vad.silero_batch.EVERY_S`` when a hundred calls are up."""
_RATE_HZ = 16_000
_SETTLE_FRAMES = 150
"""Until a canceller has found its echo, or that there is none."""
ECHO_FRAMES = 6
"""How late the echo is: 120 ms."""
_ECHO_SHARE = 0.1
"""-20 dB, a loud one."""


def softer(pcm: bytes) -> bytes:
    """The same as an echo."""
    return (np.frombuffer(pcm, dtype="<i2") * _ECHO_SHARE).astype("<i2").tobytes()


def time_vad_together(model: SileroModel, frames: Sequence[bytes]) -> list[int]:
    """Nanoseconds that voice activity takes for each frame of a call when ``TOGETHER`` calls are looked at in one run.

    The windows of all these calls fall due with the same frame.
    """
    detectors = [SileroDetector(model) for _ in range(TOGETHER)]
    activities = [VoiceActivity(detector) for detector in detectors]
    took: list[int] = []
    for pcm in frames:
        began = perf_counter_ns()
        windows = [activity.take(pcm) for activity in activities]
        asked = [(detector, due[0]) for detector, due in zip(detectors, windows, strict=True) if due]
        found = iter(probabilities_together(model, asked) if asked else ())
        for activity, due in zip(activities, windows, strict=True):
            activity.judge([next(found)] if due else [])
        took.append((perf_counter_ns() - began) // TOGETHER)
    return took


def time_echo(frames: int, *, is_echoing: bool) -> list[int]:
    """Nanoseconds that the canceller takes for each frame, in and out, of a call in which the assistant always talks.

    Args:
        frames: How many, after those in which the canceller has settled.
        is_echoing: Whether the line gives an echo; otherwise, the noise of a quiet line.
    """
    size = frame_bytes(_RATE_HZ)
    sound, noise = ChatteringVoice().sound, line_noise(1_000)
    played = [sound[at : at + size] for at in range(0, len(sound), size)]
    quiet = [noise[at : at + size] for at in range(0, len(noise), size)]
    echoes = [softer(pcm) for pcm in played]
    canceller = EchoCanceller()
    took: list[int] = []
    for index in range(_SETTLE_FRAMES + frames):
        at = index * sample_count(played[0])
        heard = quiet[index % len(quiet)]
        if is_echoing and index >= ECHO_FRAMES:
            heard = echoes[(index - ECHO_FRAMES) % len(echoes)]
        began = perf_counter_ns()
        canceller.played(played[index % len(played)], at_sample=at)
        canceller.process(heard)
        took.append(perf_counter_ns() - began)
    if canceller.is_awake != is_echoing:
        raise RuntimeError(f"the canceller {'sleeps' if is_echoing else 'works'}, and should not")
    return took[_SETTLE_FRAMES:]

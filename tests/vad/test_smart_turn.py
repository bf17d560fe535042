import importlib.util
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from vad.smart_turn import LONGEST_SAMPLES, LogMel, SmartTurn, mel_filters


def carried(name: str) -> Path:
    """A file of the wheel that carries the model."""
    try:
        found = [Path(str(file.locate())) for file in files("pipecat-ai") or [] if file.name == name]
    except PackageNotFoundError:
        found = []
    if not found or not found[0].exists():
        pytest.skip(f"{name} is not installed")
    return found[0]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The code with which the model's authors compute its features, loaded without its package."""
    spec = importlib.util.spec_from_file_location("reference_features", carried("_whisper_features.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def smart_turn() -> SmartTurn:
    """The real weights."""
    return SmartTurn(carried("smart-turn-v3.2-cpu.onnx"))


def voice(seconds: float, seed: int = 1) -> bytes:
    """Something like a voice: a buzz whose loudness and pitch wander."""
    random = np.random.default_rng(seed)
    time = np.arange(int(16_000 * seconds)) / 16_000
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * time)
    buzz = sum(np.sin(2 * np.pi * np.cumsum(pitch * k) / 16_000) / k for k in range(1, 12))
    loudness = 0.5 + 0.5 * np.sin(2 * np.pi * 3 * time)
    return (3_000 * buzz * loudness + random.normal(0, 20, len(time))).astype("<i2").tobytes()


@pytest.mark.parametrize("kind", ["voice", "noise", "padded", "silence"])
def test_features_equal_the_reference(reference: ModuleType, kind: str) -> None:
    """Our features are those that the model was trained on, to a thousandth of their range."""
    samples = np.frombuffer(voice(8), dtype="<i2").astype(np.float32) / np.float32(32768)
    if kind == "noise":
        samples = np.random.default_rng(2).normal(0, 0.1, LONGEST_SAMPLES).astype(np.float32)
    elif kind == "padded":
        samples[: LONGEST_SAMPLES // 2] = 0
    elif kind == "silence":
        samples[:] = 0
    ours = LogMel().features(samples)
    theirs = reference.compute_whisper_log_mel_features(samples, do_normalize=True)
    assert ours.shape == theirs.shape == (80, 800)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_loudness_does_not_matter() -> None:
    """The same sound at a tenth of its level has the same features."""
    samples = np.frombuffer(voice(8), dtype="<i2").astype(np.float32) / np.float32(32768)
    mel = LogMel()
    quiet = samples * np.float32(0.1)
    assert float(np.abs(mel.features(samples) - mel.features(quiet)).max()) < 0.01


def test_filters_are_triangles_of_equal_area() -> None:
    """Each mel filter rises to one peak and has unit area over the frequencies."""
    filters = mel_filters()
    assert filters.shape == (80, 201)
    wide = filters[40:]  # the lower ones are narrower than a few bins
    np.testing.assert_allclose(wide.sum(axis=1) * 40, 1, atol=0.08)
    assert (np.diff(filters.argmax(axis=1)) >= 0).all()


def test_probability_equals_the_model_on_reference_features(smart_turn: SmartTurn, reference: ModuleType) -> None:
    """Short audio is padded in front; what comes out is what the model says of the reference's features."""
    pcm = voice(2) + bytes(6_400)
    padded = np.zeros(LONGEST_SAMPLES, dtype=np.float32)
    heard = np.frombuffer(pcm, dtype="<i2")
    padded[-len(heard) :] = heard / np.float32(32768)
    features = reference.compute_whisper_log_mel_features(padded, do_normalize=True)
    (theirs,) = smart_turn._session.run(None, {"input_features": features[None]})
    assert smart_turn.probability(pcm) == pytest.approx(float(theirs.ravel()[0]), abs=2e-3)


def test_only_the_last_eight_seconds_count(smart_turn: SmartTurn) -> None:
    """What was said more than eight seconds ago changes nothing."""
    recent = voice(8, seed=3)
    assert smart_turn.probability(voice(4, seed=4) + recent) == smart_turn.probability(recent)


def test_takes_no_audio_at_all(smart_turn: SmartTurn) -> None:
    """Without a sample it still gives a probability."""
    assert 0 <= smart_turn.probability(b"") <= 1

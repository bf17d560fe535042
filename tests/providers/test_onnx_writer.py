"""Models written by hand, run by ONNX Runtime."""

import numpy as np
import pytest

from providers.errors import InferenceFailed
from providers.inference import open_session
from providers.onnx_writer import OnnxWriter


def test_a_written_model_runs() -> None:
    """Constants of both kinds, attributes of all kinds, several outputs, any length of the input."""
    writer = OnnxWriter()
    table = writer.constant(np.arange(12, dtype=np.float32).reshape(4, 3))
    rows = writer.node("Gather", table, "tokens", axis=0)
    turned = writer.node("Transpose", rows, perm=(1, 0))
    first, rest = writer.nodes("Split", 2, turned, writer.constant(np.array([1, 2])), axis=0)
    total = writer.node(
        "ReduceSum", writer.node("LeakyRelu", rest, alpha=0.5), writer.constant(np.array([0])), keepdims=0
    )
    flat = writer.node("Reshape", first, writer.constant(np.array([-1])))
    session = open_session(writer.model(inputs={"tokens": 1}, output=writer.node("Sub", flat, total), output_rank=1))
    for tokens in ([1], [0, 3, 3]):
        (result,) = session.run(None, {"tokens": np.array(tokens)})
        assert result.tolist() == [3.0 * token - (6.0 * token + 3.0) for token in tokens]


def test_a_float_attribute_counts() -> None:
    """It is no whole number in disguise."""
    writer = OnnxWriter()
    rows = writer.node("Gather", writer.constant(np.array([-2.0, 8.0], dtype=np.float32)), "tokens", axis=0)
    model = writer.model(inputs={"tokens": 1}, output=writer.node("LeakyRelu", rows, alpha=0.25), output_rank=1)
    (result,) = open_session(model).run(None, {"tokens": np.array([0, 1])})
    assert result.tolist() == [-0.5, 8.0]


def test_a_model_that_makes_no_sense_is_refused() -> None:
    """By the runtime, when it is loaded."""
    writer = OnnxWriter()
    model = writer.model(inputs={"tokens": 1}, output=writer.node("NoSuchOperation", "tokens"), output_rank=1)
    with pytest.raises(InferenceFailed):
        open_session(model)

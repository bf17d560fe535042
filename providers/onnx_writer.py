"""Small ONNX models, written by hand: for weights that come without a graph.

A model is a message of Protocol Buffers; the few kinds of fields that one needs are
written here. Numbers of fields are those of ``onnx.proto``, version 1.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_IR_VERSION: Final = 10
_OPSET: Final = 20
_FLOAT: Final = 1
_INT64: Final = 7
_ATTRIBUTE_FLOAT: Final = 1
_ATTRIBUTE_INT: Final = 2
_ATTRIBUTE_INTS: Final = 7

Attribute = int | float | Sequence[int]


@dataclass(slots=True)
class OnnxWriter:
    """A graph in the making; every method that adds a node gives the name of its output."""

    _nodes: list[bytes] = field(default_factory=list)
    _constants: list[bytes] = field(default_factory=list)

    def constant(self, value: npt.NDArray[Any]) -> str:
        """Put a tensor in: float32 or int64."""
        name = f"c{len(self._constants)}"
        kind = {"f": _FLOAT, "i": _INT64}[value.dtype.kind]
        raw = np.ascontiguousarray(value, dtype="<f4" if kind == _FLOAT else "<i8").tobytes()
        dims = b"".join(_number(1, size) for size in value.shape)
        self._constants.append(_message(5, dims + _number(2, kind) + _text(8, name) + _bytes(9, raw)))
        return name

    def node(self, operation: str, *inputs: str, **attributes: Attribute) -> str:
        """Add an operation with one output."""
        return self.nodes(operation, 1, *inputs, **attributes)[0]

    def nodes(self, operation: str, outputs: int, *inputs: str, **attributes: Attribute) -> list[str]:
        """Add an operation with several outputs."""
        names = [f"n{len(self._nodes)}_{index}" for index in range(outputs)]
        content = b"".join(_text(1, name) for name in inputs) + b"".join(_text(2, name) for name in names)
        content += _text(4, operation) + b"".join(_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(_message(1, content))
        return names

    def model(self, *, inputs: Mapping[str, int], output: str, output_rank: int) -> bytes:
        """The whole model.

        Args:
            inputs: Names of the inputs, which are int64, with their number of dimensions.
            output: Name of the only output, which is float32.
            output_rank: Its number of dimensions.
        """
        graph = b"".join((*self._nodes, _text(2, "graph"), *self._constants))
        graph += b"".join(_message(11, _value(name, _INT64, rank)) for name, rank in inputs.items())
        graph += _message(12, _value(output, _FLOAT, output_rank))
        opset = _message(8, _text(1, "") + _number(2, _OPSET))
        return _number(1, _IR_VERSION) + opset + _message(7, graph)


def _value(name: str, kind: int, rank: int) -> bytes:
    dims = b"".join(_message(1, _text(2, f"{name}_{axis}")) for axis in range(rank))
    return _text(1, name) + _message(2, _message(1, _number(1, kind) + _message(2, dims)))


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case int():
            content = _number(3, value) + _number(20, _ATTRIBUTE_INT)
        case float():
            content = _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, _ATTRIBUTE_FLOAT)
        case _:
            content = b"".join(_number(8, each) for each in value) + _number(20, _ATTRIBUTE_INTS)
    return _message(5, _text(1, name) + content)


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _message(number: int, content: bytes) -> bytes:
    return _bytes(number, content)


def _bytes(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)

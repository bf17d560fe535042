from dataclasses import replace

import pytest

from benchmarks.end_of_turn import Judged, cut_off, operating_points, roc_auc
from benchmarks.end_of_turn_data import Pause

ENDED = Pause("a", "sentence", b"", "It is over.", True, 0)
PAUSED = Pause("b", "fragment", b"", "It is", False, 700, is_known_hesitation=True)
DIGITS = Pause("c", "digits", b"", "four seven", False, 700)


def judged(pause: Pause, said: float, understood: float, voice: float = 0.5) -> Judged:
    """A pause with these judgements."""
    return Judged(pause, "", voice, {"said": said, "understood": understood})


@pytest.mark.parametrize(
    ("ended", "open_", "auc"),
    [([0.9, 0.8], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([0.6, 0.4], [0.5], 0.5)],
)
def test_auc(ended: list[float], open_: list[float], auc: float) -> None:
    """One for perfect order, a half for ties, zero for the wrong order."""
    assert roc_auc(ended, open_) == auc


def test_who_is_cut_off() -> None:
    """A wait that ends before the pause does, cuts off."""
    pauses = [judged(replace(PAUSED, pause_ms=pause_ms), 0, 0) for pause_ms in (500, 700, 900)]
    assert cut_off(pauses, lambda each: 700) == (1, 3)


def test_operating_points() -> None:
    """With the right words nobody is cut off; with wrong ones the caller who paused is."""
    everything = [judged(ENDED, 0.95, 0.95), judged(PAUSED, 0.02, 0.95), judged(DIGITS, 0.01, 0.01)]
    said = operating_points(everything, "both", "said")
    assert said["auc"] == 1
    assert said["wait_p95_ms"] <= 210
    assert said["within_200_ms"] == 1
    assert (said["cut_off_pauses"], said["cut_off_known_hesitations"], said["cut_off_digits"]) == (0, 0, 0)
    assert (said["pauses"], said["known_hesitations"], said["digits"]) == (1, 1, 1)
    understood = operating_points(everything, "both", "understood")
    assert (understood["cut_off_pauses"], understood["cut_off_known_hesitations"], understood["cut_off_digits"]) == (
        1,
        1,
        0,
    )


def test_judges_can_be_asked_alone() -> None:
    """The voice hears no words, the words no voice."""
    each = judged(ENDED, 0.7, 0.2, voice=0.9)
    assert each.probability("voice", "said") == each.probability("voice", "understood") == 0.9
    assert each.probability("words", "said") == 0.7
    assert each.probability("words", "understood") == 0.2


def test_points_without_recordings() -> None:
    """Where nothing human can be had, what is not known is left out."""
    assert "auc" not in operating_points([judged(DIGITS, 0.01, 0.01)], "both", "said")

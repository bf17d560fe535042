"""The echo benchmark's own parts; the measuring itself is seen by running it."""

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from benchmarks import echo
from benchmarks.echo import PHONES, QUICK, Tally, by_aec3_alone, cancelled, draw
from benchmarks.echo_room import through_phone
from benchmarks.result import BenchmarkResult
from tests.support.echoes import RATE_HZ, chatter, loss_db


def test_profiles_name_phones_that_exist() -> None:
    """The quick run is a part of the full one, with a delay that jumps."""
    assert set(QUICK) <= set(PHONES)
    assert any(PHONES[name].jump_ms for name in QUICK)
    assert echo.PROFILES[0] == "full"


def test_a_phone_is_cancelled_and_tallied() -> None:
    """The result is as long as the recording and aligned with it, and every frame was timed."""
    played = chatter(4, seed=1)
    heard, _ = through_phone(played, np.zeros_like(played), replace(PHONES["120 ms"], seed=1))
    tally = Tally()
    given = cancelled(played, heard, tally)
    assert len(given) == len(heard)
    assert len(tally.awake_ns) + len(tally.passing_ns) == len(heard) // 320
    assert (tally.missed, tally.dropped) == (0, 0)
    assert loss_db(heard[2 * RATE_HZ :], given[2 * RATE_HZ :]) > 15


def test_aec3_alone_is_aligned() -> None:
    """What it passes of a caller lies where it was."""
    spoken = chatter(2, seed=2)
    given = by_aec3_alone(np.zeros_like(spoken), spoken)
    likeness = [float(given[late : late + RATE_HZ].astype(float) @ spoken[:RATE_HZ]) for late in range(200)]
    assert int(np.argmax(likeness)) <= 1


def test_the_picture_shows_each_phone() -> None:
    """One line a phone."""
    details = {"phones": {name: {"erle_over_time": [[0.0, 10.0], [0.5, 30.0]]} for name in QUICK}}
    figure = draw(BenchmarkResult({}, details))
    assert isinstance(figure, Figure)
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][: len(QUICK)] == list(QUICK)

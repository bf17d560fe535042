"""By how much the reference is held back."""

import numpy as np

from media.echo_alignment import MARGIN_SAMPLES, Alignment, Change
from media.echo_delay import WINDOW_SAMPLES
from media.echo_filter import HOP, LinearEcho
from tests.support.echoes import RATE_HZ, Samples, chatter, echo_of, mixed

LOUD = HOP * 1000.0**2


class Call:
    """A sound and its echo, given to an alignment frame by frame; the filter says what the test wants."""

    def __init__(self) -> None:
        self.played = chatter(20, seed=1)
        self.alignment = Alignment()
        self.linear = LinearEcho()
        self.position = 0
        self.looks = 0

    def settles(self, delay: int) -> None:
        """Two seconds, after which the echo has been found and the filter is proven."""
        self.goes_on(1.5, self.echo(delay), fit=None)
        self.goes_on(0.5, self.echo(delay), fit=0.95)
        assert self.alignment.is_found
        assert self.alignment.is_proven

    def goes_on(self, seconds: float, heard: Samples, *, fit: float | None) -> list[Change]:
        """So long, with a filter that fits so well; None for one that expects nothing. All that changed."""
        self.linear.expected = 0.0 if fit is None else LOUD
        self.linear.arriving = LOUD
        self.linear.fit = fit or 0.0
        changes = []
        for _ in range(round(seconds * RATE_HZ) // HOP):
            frame = heard[self.position : self.position + HOP].astype(np.float32)
            self.position += HOP
            if self.alignment.follow(frame, self.linear):
                self.looks += 1
                changes.append(self.alignment.look(self._window()))
        return [change for change in changes if change is not Change.NONE]

    def _window(self) -> np.ndarray:
        start = max(0, self.position - WINDOW_SAMPLES)
        known = self.played[start : self.position].astype(np.float32)
        return np.concatenate((np.zeros(WINDOW_SAMPLES - len(known), dtype=np.float32), known))

    def echo(self, delay: int) -> Samples:
        """The echo of all that is played."""
        return mixed(echo_of(self.played, delay=delay))


def test_an_echo_is_searched_and_found() -> None:
    """It is held back by the delay less the margin, and then confirmed."""
    call = Call()
    changes = call.goes_on(1.5, call.echo(3000), fit=None)
    assert changes[0] is Change.MOVED
    assert set(changes[1:]) <= {Change.CONFIRMED}
    assert call.alignment.is_found
    assert abs(call.alignment.held_back - (3000 - MARGIN_SAMPLES)) <= 2


def test_a_short_delay_holds_nothing_back() -> None:
    """A reference cannot be held back by less than nothing."""
    call = Call()
    changes = call.goes_on(1.5, call.echo(100), fit=None)
    assert Change.CONFIRMED in changes
    assert Change.MOVED not in changes
    assert call.alignment.held_back == 0


def test_nothing_is_looked_for_while_the_filter_fits() -> None:
    """Each look costs a third of a millisecond."""
    call = Call()
    call.goes_on(1, call.echo(3000), fit=0.95)
    assert call.alignment.is_proven
    looks = call.looks
    call.goes_on(2, call.echo(3000), fit=0.95)
    assert call.looks == looks


def test_looks_become_rare() -> None:
    """Where nothing was found in three seconds there is perhaps nothing."""
    call = Call()
    stranger = mixed(chatter(20, seed=99))
    call.goes_on(3, stranger, fit=None)
    first = call.looks
    call.goes_on(3, stranger, fit=None)
    assert call.looks - first < first / 3


def test_a_proven_echo_that_is_gone_is_lost_and_found() -> None:
    """Within half a second after it has moved, with the same path."""
    call = Call()
    call.settles(3000)
    moved = call.echo(3960)
    call.goes_on(0.06, moved, fit=0.1)
    assert call.alignment.is_lost
    changes = call.goes_on(0.5, moved, fit=0.1)
    assert changes[0] is Change.MOVED
    assert not call.alignment.is_lost
    assert abs(call.alignment.held_back - (3960 - MARGIN_SAMPLES)) <= 2


def test_a_misfit_of_two_frames_is_nothing() -> None:
    """A cough is not another phone."""
    call = Call()
    call.settles(3000)
    call.goes_on(0.04, call.echo(3000), fit=0.1)
    call.goes_on(0.02, call.echo(3000), fit=0.95)
    call.goes_on(0.04, call.echo(3000), fit=0.1)
    assert not call.alignment.is_lost


def test_an_echo_that_returns_is_not_lost() -> None:
    """When the filter fits again, all is as it was."""
    call = Call()
    call.settles(3000)
    held_back = call.alignment.held_back
    call.goes_on(0.06, call.echo(3000), fit=0.1)
    changes = call.goes_on(0.04, call.echo(3000), fit=0.95)
    assert changes == []
    assert call.alignment.is_proven
    assert call.alignment.held_back == held_back


def test_the_same_delay_with_a_filter_that_misfits_is_another_path() -> None:
    """A loudspeaker was turned on: what was learned is wrong."""
    call = Call()
    call.settles(3000)
    changes = call.goes_on(0.5, call.echo(3000), fit=0.1)
    assert changes[0] is Change.OTHER_PATH
    assert not call.alignment.is_lost


def test_a_lost_echo_is_given_up() -> None:
    """After most of a second whatever is there is learned anew."""
    call = Call()
    call.settles(3000)
    changes = call.goes_on(1.2, mixed(chatter(20, seed=98)), fit=0.1)
    assert changes[0] is Change.OTHER_PATH
    assert not call.alignment.is_lost


def test_a_soft_expectation_judges_nothing() -> None:
    """When the caller is ten times louder than the echo, the fit is chance."""
    call = Call()
    call.settles(3000)
    call.linear.expected, call.linear.arriving, call.linear.fit = LOUD, 20 * LOUD, 0.1
    for _ in range(10):
        call.alignment.follow(np.zeros(HOP, dtype=np.float32), call.linear)
    assert not call.alignment.is_lost


def test_reset_looks_again() -> None:
    """A known change: what was proven is so no more."""
    call = Call()
    call.settles(3000)
    call.alignment.reset()
    assert not call.alignment.is_found
    assert not call.alignment.is_proven
    looks = call.looks
    call.goes_on(0.5, call.echo(3000), fit=None)
    assert call.looks > looks


def test_a_watched_line_is_looked_at_rarely() -> None:
    """Three times a second, and an echo is found all the same."""
    call = Call()
    heard = call.echo(2000)
    looks = []
    for frame in range(100):
        piece = heard[frame * HOP : (frame + 1) * HOP].astype(np.float32)
        call.position += HOP
        if call.alignment.watch(piece):
            looks.append(call.alignment.look(call._window()))
    assert 5 <= len(looks) <= 8
    assert Change.MOVED in looks


def test_a_watched_line_on_which_nothing_is_heard_is_not_looked_at() -> None:
    """The noise of a quiet line hides no echo that anybody could hear; when one comes, it is found as ever."""
    call = Call()
    quiet = np.random.default_rng(4).normal(0, 10, (100, HOP)).astype(np.float32)
    assert not any(call.alignment.watch(piece) for piece in quiet)
    heard = call.echo(2000)
    changes = []
    for frame in range(100):
        call.position += HOP
        if call.alignment.watch(heard[frame * HOP : (frame + 1) * HOP].astype(np.float32)):
            changes.append(call.alignment.look(call._window()))
    assert Change.MOVED in changes

"""Packets in their order: at once, when they can be, and never late for good."""

import random

import pytest

from media.webrtc_reorder import Reorder


def given(order: Reorder[int], *numbers: int) -> list[list[int]]:
    """What comes out at each packet; a packet is its number."""
    return [order.add(number % 65_536, number) for number in numbers]


@pytest.mark.parametrize("start", [0, 17, 65_530])
def test_what_comes_in_turn_goes_at_once(start: int) -> None:
    """Also over the end of 16 bits."""
    order: Reorder[int] = Reorder()
    numbers = [start + place for place in range(20)]
    assert given(order, *numbers) == [[number] for number in numbers]
    assert (order.lost, order.late) == (0, 0)


@pytest.mark.parametrize("start", [0, 65_534])
def test_an_overtaken_packet_is_waited_for(start: int) -> None:
    """Those that overtook it follow it."""
    order: Reorder[int] = Reorder()
    one, two, three, four = (start + place for place in range(4))
    assert given(order, one, three, four, two) == [[one], [], [], [two, three, four]]
    assert order.lost == 0


def test_a_lost_packet_delays_three_and_no_more() -> None:
    """Afterwards all is as it was: whoever comes next goes at once."""
    order: Reorder[int] = Reorder()
    assert given(order, 1, 3, 4, 5, 6, 7) == [[1], [], [], [3, 4, 5], [6], [7]]
    assert order.lost == 1


def test_several_losses() -> None:
    """Each gap is given up when three later packets are there."""
    order: Reorder[int] = Reorder()
    assert given(order, 1, 3, 5, 7, 8, 9, 10) == [[1], [], [], [3], [5], [7, 8, 9], [10]]
    assert order.lost == 3


def test_what_comes_too_late_or_twice_is_dropped() -> None:
    """And counted."""
    order: Reorder[int] = Reorder()
    assert given(order, 1, 2, 2, 4, 5, 6, 3, 7) == [[1], [2], [], [], [], [4, 5, 6], [], [7]]
    assert order.late == 2


def test_a_leap_is_another_stream() -> None:
    """Far ahead or far back: it begins there."""
    order: Reorder[int] = Reorder()
    assert given(order, 1, 30_000, 30_001, 5, 6) == [[1], [30_000], [30_001], [5], [6]]


def test_whatever_the_network_does() -> None:
    """Nothing comes twice or out of order, little is held, and after it all goes on at once."""
    chance = random.Random(7)
    for _ in range(200):
        order: Reorder[int] = Reorder()
        numbers = [65_400 + place for place in range(300) if chance.random() > 0.05]
        numbers = [number for _, number in sorted((number + chance.random() * 4, number) for number in numbers)]
        numbers += [number for number in numbers if chance.random() < 0.02]
        out = [number for each in given(order, *numbers) for number in each]
        assert out == sorted(set(out))
        assert len(out) > 200
        after = [65_800 + place for place in range(20)]
        assert given(order, *after)[5:] == [[number] for number in after[5:]]

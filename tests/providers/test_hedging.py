"""When a second request is worth its cost."""

from providers.hedging import FirstWordTimes, HedgeBudget, HedgeSettings


def times(*seconds: float, settings: HedgeSettings | None = None) -> float | None:
    """From when on a first word is late, after these."""
    known = FirstWordTimes(settings or HedgeSettings(delay_min_ms=0))
    for each in seconds:
        known.add(each)
    return known.late_after_s()


def test_nobody_is_late_until_enough_is_known() -> None:
    """Twenty times."""
    assert times(*[0.5] * 19) is None
    assert times(*[0.5] * 20) == 0.5


def test_late_is_what_comes_after_nearly_all_the_others() -> None:
    """The 95th percentile: of 0.01 to 1.00 it is 0.96."""
    assert times(*(n / 100 for n in range(1, 101))) == 0.96


def test_what_was_long_ago_is_forgotten() -> None:
    """A hundred times are looked back on."""
    assert times(*[9.0] * 50, *[0.4] * 100) == 0.4


def test_a_quick_service_is_given_a_moment() -> None:
    """So that its first hiccup costs nothing."""
    assert times(*[0.01] * 50, settings=HedgeSettings(delay_min_ms=300)) == 0.3


def hedged(requests: int, settings: HedgeSettings) -> list[int]:
    """Which of these requests were hedged, if all of them are late."""
    budget = HedgeBudget(settings)
    taken = []
    for number in range(1, requests + 1):
        budget.requested()
        if budget.take():
            taken.append(number)
    return taken


def test_at_most_one_in_ten_is_hedged() -> None:
    """Also when everything is late, and in every window."""
    assert hedged(40, HedgeSettings(most_percent=10)) == [10, 20, 30, 40]
    assert len(hedged(1_000, HedgeSettings(most_percent=10, remembered=100))) <= 100


def test_zero_means_never() -> None:
    """A share of 0 is none, and the flag switches it off."""
    assert hedged(100, HedgeSettings(most_percent=0)) == []
    assert hedged(100, HedgeSettings(is_enabled=False, most_percent=100)) == []
    assert hedged(3, HedgeSettings(most_percent=100)) == [1, 2, 3]

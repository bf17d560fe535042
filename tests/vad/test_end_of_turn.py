import pytest
from hypothesis import given
from hypothesis import strategies as st

from vad.end_of_turn import EndOfTurn, EndOfTurnSettings, PauseHabit

probabilities = st.floats(0, 1)
habits = st.none() | st.floats(0, 5_000)
settings_of_some_kind = st.builds(
    lambda floor, middle, longest: EndOfTurnSettings(
        floor_ms=floor, vad_silence_timeout_ms=floor + middle, longest_ms=floor + middle + longest
    ),
    st.integers(0, 400),
    st.integers(0, 1_000),
    st.integers(0, 2_000),
)


@pytest.mark.parametrize(
    ("finished", "wait_ms"),
    [(1.0, 200), (0.95, 201), (0.8, 233), (0.5, 500), (0.2, 1_133), (0.05, 1_614), (0.0, 1_800)],
)
def test_the_curve(finished: float, wait_ms: int) -> None:
    """The defaults wait so long."""
    assert EndOfTurn().wait_ms(finished) == wait_ms


@given(settings_of_some_kind, probabilities, habits)
def test_stays_within_its_limits(settings: EndOfTurnSettings, finished: float, habit: float | None) -> None:
    """Never before the floor, never after the longest."""
    assert settings.floor_ms <= EndOfTurn(settings).wait_ms(finished, habit) <= settings.longest_ms


@given(settings_of_some_kind, probabilities, probabilities, habits)
def test_never_waits_longer_for_who_has_rather_finished(
    settings: EndOfTurnSettings, one: float, other: float, habit: float | None
) -> None:
    """The wait falls with the probability."""
    end_of_turn = EndOfTurn(settings)
    assert end_of_turn.wait_ms(max(one, other), habit) <= end_of_turn.wait_ms(min(one, other), habit)


@given(probabilities, st.floats(0, 3_000), st.floats(0, 3_000))
def test_never_waits_less_for_who_pauses_longer(finished: float, one: float, other: float) -> None:
    """The wait rises with the habit."""
    end_of_turn = EndOfTurn()
    assert end_of_turn.wait_ms(finished, min(one, other)) <= end_of_turn.wait_ms(finished, max(one, other))


@given(st.integers(0, 99))
def test_has_no_cliff(percent: int) -> None:
    """A percent of probability is worth at most 40 ms."""
    end_of_turn = EndOfTurn()
    assert end_of_turn.wait_ms(percent / 100) - end_of_turn.wait_ms((percent + 1) / 100) <= 40


def test_habit_moves_the_middle_but_not_the_ends() -> None:
    """Who pauses long is waited for longer when unsure; "yes" is answered as fast as ever."""
    end_of_turn = EndOfTurn()
    assert end_of_turn.wait_ms(0.5, 250) == 400
    assert end_of_turn.wait_ms(0.5, 600) == 750
    assert end_of_turn.wait_ms(0.5, 3_000) == 850
    assert end_of_turn.wait_ms(1.0, 3_000) == 200
    assert end_of_turn.wait_ms(0.0, 0) == 1_800


def test_a_curve_without_room_waits_always_alike() -> None:
    """With floor and longest the same there is one wait."""
    settings = EndOfTurnSettings(floor_ms=400, vad_silence_timeout_ms=400, longest_ms=400)
    assert {EndOfTurn(settings).wait_ms(p / 10) for p in range(11)} == {400}


@pytest.mark.parametrize(
    "wrong", [{"floor_ms": 2_000}, {"floor_ms": -1}, {"shortest_habit": 1.2}, {"longest_habit": 0.9}]
)
def test_refuses_impossible_settings(wrong: dict[str, float]) -> None:
    """Settings that contradict each other are an error at once."""
    with pytest.raises(ValueError, match="must"):
        EndOfTurnSettings(**wrong)  # type: ignore[arg-type]


def test_a_habit_needs_some_pauses() -> None:
    """Three pauses are no habit, the fourth makes one."""
    habit = PauseHabit(least=4)
    for pause in (300, 300, 300):
        habit.paused(pause)
    assert habit.value_ms is None
    habit.paused(300)
    assert habit.value_ms == 300


def test_the_habit_is_near_the_longest_pauses() -> None:
    """Of pauses from 100 to 1,000 ms the habit covers 85 %."""
    habit = PauseHabit()
    for pause in range(100, 1_100, 100):
        habit.paused(pause)
    assert habit.value_ms == pytest.approx(865)


def test_old_pauses_are_forgotten() -> None:
    """Who paused long at first and then no more is soon taken for quick."""
    habit = PauseHabit(remembered=10)
    for pause in [900] * 10 + [250] * 10:
        habit.paused(pause)
    assert habit.value_ms == 250

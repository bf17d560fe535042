from pipeline.timers import Timer, Timers


def test_each_timer_fires_once_in_the_order_of_its_time() -> None:
    """The earliest deadline is told; what is due is taken one by one."""
    timers = Timers()
    assert timers.next_deadline() is None
    timers.set(Timer.SILENCE, 300)
    timers.set(Timer.JUDGE, 100)
    timers.set(Timer.END_OF_TURN, 100)
    assert timers.next_deadline() == 100
    assert timers.take_due(99) is None
    assert [timers.take_due(200) for _ in range(3)] == [Timer.JUDGE, Timer.END_OF_TURN, None]
    assert timers.next_deadline() == 300


def test_timers_are_moved_and_disarmed() -> None:
    """Setting again moves; clearing takes one, or all."""
    timers = Timers()
    timers.set(Timer.CONFIRM, 10)
    timers.set(Timer.CONFIRM, 20)
    timers.set(Timer.SILENCE, 30)
    assert timers.is_set(Timer.CONFIRM)
    timers.clear(Timer.CONFIRM, Timer.BARGE_IN)
    assert not timers.is_set(Timer.CONFIRM)
    assert timers.next_deadline() == 30
    timers.clear()
    assert timers.next_deadline() is None

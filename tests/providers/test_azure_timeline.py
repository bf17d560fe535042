from providers.azure_timeline import Timeline


def test_a_session_that_begins_in_mid_call_counts_from_there() -> None:
    """The service's first sample is the one where the session began to listen."""
    timeline = Timeline(48_000)
    timeline.fed(16_000)
    assert [timeline.call_sample(at) for at in (0, 100, 16_000)] == [48_000, 48_100, 64_000]


def test_silence_of_our_own_is_not_of_the_call() -> None:
    """What the service hears after it is moved back to where the caller said it."""
    timeline = Timeline(0)
    timeline.fed(1_000)
    timeline.padded(300)
    timeline.padded(300)
    timeline.fed(1_000)
    assert [timeline.call_sample(at) for at in (999, 1_000, 1_250, 1_600, 1_700)] == [999, 1_000, 1_000, 1_000, 1_100]


def test_what_is_too_old_is_placed_at_the_oldest_place_known() -> None:
    """A position behind all that is remembered does not raise."""
    timeline = Timeline(0)
    for _ in range(1_000):
        timeline.fed(10)
        timeline.padded(10)
    assert timeline.call_sample(0) > 0
    timeline.fed(10)
    assert timeline.call_sample(20_005) == 10_005

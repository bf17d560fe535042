from providers.stretches import Extent, Job, Stretches


def make(most_waiting: int = 16) -> Stretches:
    return Stretches(partial_samples=100, longest_samples=1000, most_waiting=most_waiting)


def test_nothing_is_due_without_speech() -> None:
    """Audio alone makes no work."""
    assert make().next_job(10_000) is None


def test_partials_are_due_as_audio_grows() -> None:
    """A partial is due after each interval of new audio, always from the start."""
    stretches = make()
    stretches.start(50)
    assert stretches.next_job(149) is None
    job = stretches.next_job(150)
    assert job == Job(Extent.PARTIAL, 50, 150)
    assert stretches.partial_decoded(job, "hello") == "hello"
    assert stretches.next_job(249) is None
    assert stretches.next_job(250) == Job(Extent.PARTIAL, 50, 250)


def test_final_comes_before_partial() -> None:
    """When the stretch has ended, only its final is due, once."""
    stretches = make()
    stretches.start(0)
    stretches.stop(420)
    assert stretches.next_job(500) == Job(Extent.FINAL, 0, 420)
    assert stretches.final_decoded("whole") == "whole"
    assert stretches.next_job(5_000) is None


def test_partial_beyond_the_end_is_the_final() -> None:
    """A partial that already covers the end makes the final decode needless; one that does not, does not."""
    for partial_end, known_text in ((500, "yes"), (499, None)):
        stretches = make()
        stretches.start(0)
        stretches.partial_decoded(Job(Extent.PARTIAL, 0, partial_end), "yes")
        stretches.stop(500)
        assert stretches.next_job(700) == Job(Extent.FINAL, 0, 500, known_text)


def test_partial_of_an_earlier_part_is_no_final() -> None:
    """What was tried before a cut says nothing of the rest after it."""
    stretches = make()
    stretches.start(0)
    stretches.partial_decoded(Job(Extent.PARTIAL, 0, 990), "all of it")
    stretches.part_decoded(800, "all")
    stretches.stop(900)
    assert stretches.next_job(1_100) == Job(Extent.FINAL, 800, 900)


def test_long_stretch_is_decoded_in_parts() -> None:
    """A part is settled at its cut, and the final text is all parts and the rest."""
    stretches = make()
    stretches.start(0)
    assert stretches.next_job(1001) == Job(Extent.PART, 0, 1000)
    stretches.part_decoded(800, "one")
    stretches.stop(1_900)
    assert stretches.next_job(1_900) == Job(Extent.PART, 800, 1_800)
    stretches.part_decoded(1_500, "")
    assert stretches.next_job(1_900) == Job(Extent.FINAL, 1_500, 1_900)
    assert stretches.final_decoded("two") == "one two"


def test_partials_of_a_later_part_hold_the_whole_text() -> None:
    """A partial after a cut is told with what was settled before."""
    stretches = make()
    stretches.start(0)
    stretches.part_decoded(800, "one")
    assert stretches.partial_decoded(Job(Extent.PARTIAL, 800, 950), "tw") == "one tw"


def test_bad_cut_does_not_stand_still() -> None:
    """A part that was cut at its beginning still brings the work forward."""
    stretches = make()
    stretches.start(0)
    stretches.part_decoded(0, "")
    assert stretches.next_job(2_000) == Job(Extent.PART, 1, 1001)


def test_strange_hints_are_survived() -> None:
    """A second start, a stop without a start and a stop before the start."""
    stretches = make()
    stretches.stop(10)
    assert stretches.next_job(10) is None
    stretches.start(100)
    stretches.start(150)
    stretches.stop(90)
    stretches.stop(95)
    assert stretches.next_job(200) == Job(Extent.FINAL, 100, 100)
    stretches.final_decoded("")
    assert stretches.next_job(200) is None


def test_waiting_stretches_keep_their_order_and_bound() -> None:
    """Stretches wait their turn; beyond the bound the newest one takes the next one in."""
    stretches = make(most_waiting=2)
    for start in (0, 200, 400):
        stretches.start(start)
        stretches.stop(start + 50)
    assert stretches.next_job(500) == Job(Extent.FINAL, 0, 50)
    stretches.final_decoded("")
    assert stretches.next_job(500) == Job(Extent.FINAL, 200, 450)
    stretches.final_decoded("")
    assert stretches.next_job(500) is None

from benchmarks.kept_records import Kept
from pipeline.records import BargedIn, CallerHeard, FramesCounted, StageFailed
from tests.support.fakes import AT


def test_what_is_asked_for_is_kept_and_the_rest_is_counted() -> None:
    """By call, in order; what somebody said is not kept."""
    kept = Kept()
    kept.observe(FramesCounted("a", AT, 50, 40, 0, 3))
    kept.observe(FramesCounted("b", AT, 50, 40, 0, 0))
    kept.observe(BargedIn("a", AT, 1, 200.0, 80.0))
    kept.observe(StageFailed("b", AT, "reply", "Error"))
    kept.observe(CallerHeard("a", AT, 1, "hello", is_final=True))
    assert kept.totals == {"frames_in": 100, "frames_out": 80, "rejected": 3, "barge_ins": 1, "failures": 1}
    assert [type(record) for _, record in kept.told["a"]] == [BargedIn]
    assert "b" not in kept.told

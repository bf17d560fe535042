"""What is kept of a call when it begins. When that is, is seen in test_live."""

from calls.deeds import Deeds, Means
from calls.initiate import CallInitiate
from calls.lifecycle import Deadlines
from calls.live_call import LiveCall, Origin
from calls.recorded import record_start
from calls.requests import Requests
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from pipeline.records import CallAnswered
from stores.records import Direction
from tests.support.telephone import NOW, FakeControl, Notes


async def test_a_call_that_came_in_has_rung() -> None:
    """One that we place has not."""
    notes = Notes()
    settings = LiveCallsSettings(public_url="https://bot.example", replica_id="r")
    requests = Requests(notes, timeout_s=1.0, utc_now=lambda: NOW)
    means = Means(control=FakeControl(), sms=None, log=notes, requests=requests, settings=settings, utc_now=lambda: NOW)
    for direction in (Direction.INBOUND, Direction.OUTBOUND):
        deeds = Deeds(means, lambda event: None)
        session = CallSession(
            call_id=direction.value,
            caller_number="+12025550143",
            called_number="",
            deeds=deeds,
            initiate=CallInitiate(bot_name="Amelia"),
            direction=direction,
        )
        call = LiveCall(session, deeds, Origin("context", 10.0), Deadlines(), secret="s")
        record_start(call, means, notes, now=10.5)
    assert [(kept.call_id, kept.ring_to_answer_ms, kept.replica_id) for kept in notes.started] == [
        ("inbound", 500.0, "r"),
        ("outbound", None, "r"),
    ]
    assert notes.started[0].initiate is not None
    assert notes.started[0].initiate.bot_name == "Amelia"
    assert [record for record in notes.records if isinstance(record, CallAnswered)] == [
        CallAnswered("inbound", NOW, 500.0)
    ]

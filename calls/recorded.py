"""What is kept of a call when it begins."""

from calls.deeds import Means
from calls.live_call import LiveCall
from pipeline.records import CallAnswered, Observer
from stores.records import CallRecord, Direction


def record_start(call: LiveCall, means: Means, observer: Observer, *, now: float) -> None:
    """Keep that a call has begun.

    Args:
        call: It was accepted, or ordered.
        means: Keep it.
        observer: Is told how long it rang.
        now: On the clock of ``call.origin``.
    """
    session, ring_ms = call.session, None
    if session.direction is Direction.INBOUND:
        ring_ms = (now - call.origin.began_at) * 1000
        observer.observe(CallAnswered(call.call_id, means.utc_now(), ring_ms))
    means.log.call_started(
        CallRecord(
            call_id=call.call_id,
            direction=session.direction,
            phone_number=session.caller_number,
            started_at=means.utc_now(),
            claim_fields=session.initiate.field_records,
            initiate=session.initiate.record,
            ring_to_answer_ms=ring_ms,
            replica_id=means.settings.replica_id,
            line=call.line,
        )
    )

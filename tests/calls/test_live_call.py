"""One call that is up."""

from calls.events import AnswerAccepted, CallConnectedReceived, MediaOpened
from calls.lifecycle import Deadlines
from calls.live_call import LiveCall, Origin
from calls.ports import AnsweredCall
from calls.session import CallSession
from tests.calls.test_session import NotedDeeds


class NamedDeeds(NotedDeeds):
    """Notes how the service calls the call."""

    def belong_to(self, session: CallSession, address: str) -> None:
        self.asked.append(address)

    def named(self, call_connection_id: str) -> None:
        self.asked.append(call_connection_id)


def test_the_service_names_the_call() -> None:
    """Whichever word of the service names it first: the deeds hear of it."""
    deeds = NamedDeeds()
    session = CallSession(call_id="c", caller_number="", called_number="", deeds=deeds)
    call = LiveCall(session, deeds, Origin(), Deadlines(), secret="s3")  # type: ignore[arg-type]
    call.note(MediaOpened())
    call.note(CallConnectedReceived("conn"))
    call.note(AnswerAccepted(AnsweredCall("conn", "server", "corr")))
    assert deeds.asked == ["c/s3", "conn", "conn"]

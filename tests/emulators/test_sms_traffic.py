"""Messages, each once."""

import pytest

from emulators.sms_traffic import KEPT_MESSAGES, ReceivedSms, SentSms, SmsTraffic


def send(traffic: SmsTraffic, repeatability_id: str, recipient: str = "+12025550143") -> SentSms:
    """One message, whose own id is that of its request."""
    return traffic.send(
        repeatability_id=repeatability_id,
        sender="+12025550100",
        recipient=recipient,
        text="Hi.",
        message_id=f"m-{repeatability_id}",
    )


def test_the_same_request_is_the_same_message() -> None:
    """It is told once."""
    traffic, told = SmsTraffic(), list[SentSms]()
    traffic.on_sent = told.append
    assert send(traffic, "a") is send(traffic, "a")
    send(traffic, "b")
    assert [sms.message_id for sms in traffic.sent] == [sms.message_id for sms in told] == ["m-a", "m-b"]


def test_a_message_that_does_not_arrive() -> None:
    """The next to this number, and no other."""
    traffic = SmsTraffic()
    traffic.fail_next("+12025550143", "blocked")
    assert send(traffic, "a", "+12025550144").is_delivered
    assert traffic.unconsumed == [("+12025550143", "blocked")]
    assert send(traffic, "b").failure == "blocked"
    assert send(traffic, "c").is_delivered
    assert traffic.unconsumed == []


def test_the_oldest_is_forgotten() -> None:
    """A network that runs for days does not fill the memory."""
    traffic = SmsTraffic()
    for number in range(KEPT_MESSAGES + 1):
        send(traffic, str(number))
    assert len(traffic.sent) == KEPT_MESSAGES
    assert traffic.sent[0].message_id == "m-1"


@pytest.mark.parametrize(("characters", "segments"), [(1, 1), (160, 1), (161, 2), (306, 2), (307, 3)])
def test_segments(characters: int, segments: int) -> None:
    """160 characters in one, 153 in each of many."""
    assert ReceivedSms("+1", "+2", "x" * characters).segments == segments

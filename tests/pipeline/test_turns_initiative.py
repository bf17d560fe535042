"""What the assistant says without having been asked, and callers who are handed over, as transcripts."""

from pipeline.commands import (
    Announcement,
    CancelReply,
    Cause,
    CloseLine,
    HandOver,
    StartReply,
    StopPlayout,
)
from pipeline.events import (
    AnnouncementDue,
    CallerTakenBack,
    DigitPressed,
    EndOrdered,
    MessageReceived,
    PlayoutDrained,
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    SpeechStarted,
    SpeechStopped,
)
from pipeline.turn_settings import State
from tests.pipeline.transcript import Call, ms, text

FAILED = Announcement.SMS_NOT_SENT
ANNOUNCED = StartReply(0, Cause.ANNOUNCEMENT, FAILED)


def answering(call: Call) -> Call:
    """The caller has asked at 2,000 ms to 3,000 ms and is being answered from 3,900 ms on."""
    call.says("Get me a human.", 2_000, 3_000)
    call.until(3_500)
    call.at(3_900, ReplyAudible())
    return call


def handed_over() -> Call:
    """A caller who has heard that a human takes over, at 6,000 ms."""
    call = answering(Call().greeted())
    call.at(4_000, ReplyCompleted(hands_over=True))
    assert call.at(6_000, PlayoutDrained()) == [HandOver()]
    assert call.turns.state is State.AWAY
    return call


def test_it_is_said_at_once_when_nobody_speaks() -> None:
    """A message is answered and an announcement made, one after the other."""
    call = Call().greeted()
    assert call.at(2_000, AnnouncementDue(FAILED)) == [ANNOUNCED]
    assert call.at(2_010, MessageReceived("AB 12")) == []
    call.at(2_100, ReplyAudible())
    call.at(2_200, ReplyCompleted())
    assert call.at(4_000, PlayoutDrained()) == [StartReply(0, Cause.MESSAGE, "AB 12")]
    call.at(4_100, ReplyAudible())
    call.at(4_200, ReplyCompleted())
    assert call.at(5_000, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING


def test_nobody_is_interrupted_by_it() -> None:
    """While the caller speaks, or is being answered, it waits."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    assert call.at(2_500, MessageReceived("AB 12")) == []
    call.at(2_600, text(2_000, "My number is", is_final=False))
    assert call.at(3_200, SpeechStopped(ms(3_000))) == []
    (answer,) = call.until(3_700)
    assert isinstance(answer, StartReply)
    assert answer.cause is Cause.ANSWER
    call.at(3_900, ReplyAudible())
    call.at(4_000, ReplyCompleted())
    assert call.at(6_000, PlayoutDrained()) == [StartReply(1, Cause.MESSAGE, "AB 12")]


def test_it_waits_for_the_greeting() -> None:
    """Who writes before the line is open is greeted first."""
    call = Call()
    assert call.at(0, MessageReceived("AB 12")) == []


def test_what_was_not_heard_is_said_again() -> None:
    """The caller spoke before a word of it was heard: it comes after their answer."""
    call = Call().greeted()
    call.at(2_000, AnnouncementDue(FAILED))
    assert call.at(2_200, SpeechStarted(ms(2_150))) == [CancelReply(), StopPlayout(ms(2_150))]
    call.at(2_800, text(2_150, "Wait.", is_final=True))
    call.at(3_000, SpeechStopped(ms(2_800)))
    (answer,) = call.until(3_500)
    assert isinstance(answer, StartReply)
    assert answer.text == "Wait."
    call.at(3_900, ReplyAudible())
    call.at(4_000, ReplyCompleted())
    (again,) = call.at(6_000, PlayoutDrained())
    assert isinstance(again, StartReply)
    assert (again.cause, again.text) == (Cause.ANNOUNCEMENT, FAILED)


def test_what_cannot_be_said_is_apologised_for_once() -> None:
    """A message whose answer fails is not tried for ever."""
    call = Call().greeted()
    call.at(2_000, MessageReceived("AB 12"))
    assert call.at(2_500, ReplyFailed()) == [StartReply(0, Cause.APOLOGY)]
    call.at(2_600, ReplyAudible())
    call.at(2_700, ReplyCompleted())
    assert call.at(4_000, PlayoutDrained()) == []


def test_a_human_takes_over_after_the_last_word() -> None:
    """What is said then is not for us: no answer, no nudge, no end."""
    call = handed_over()
    assert call.says("Hello, is this the insurance?", 7_000, 8_000) == []
    assert call.at(9_000, DigitPressed("1")) == []
    assert call.until(120_000) == []
    assert call.turns.state is State.AWAY
    assert call.at(121_000, EndOrdered("transferred")) == [CloseLine("transferred")]


def test_a_transfer_that_was_interrupted_early_does_not_happen() -> None:
    """The caller spoke before the announcement was heard: nothing of that reply comes true."""
    call = answering(Call().greeted())
    call.at(4_000, ReplyCompleted(hands_over=True))
    call.at(4_100, SpeechStarted(ms(4_000)))
    orders = call.at(4_600, text(4_000, "No, wait a moment please.", is_final=True))
    assert CancelReply() in orders
    assert call.turns.state is State.LISTENING


def test_a_word_over_the_announcement_changes_nothing_once_it_was_heard() -> None:
    """As with a goodbye: what is said over it does not begin anew."""
    call = answering(Call().greeted())
    call.at(4_000, ReplyCompleted(hands_over=True))
    call.until(4_500)
    assert call.turns.state is State.CLOSING
    assert call.at(4_600, SpeechStarted(ms(4_550))) == []
    call.at(5_000, SpeechStopped(ms(4_800)))
    assert call.at(6_000, PlayoutDrained()) == [HandOver()]


def test_the_caller_is_taken_back() -> None:
    """The assistant says why, and the conversation goes on."""
    call = handed_over()
    back = CallerTakenBack(Announcement.NOT_REACHED)
    assert call.at(30_000, back) == [StartReply(1, Cause.ANNOUNCEMENT, "not_reached")]
    call.at(30_100, ReplyAudible())
    call.at(30_200, ReplyCompleted())
    assert call.at(32_000, PlayoutDrained()) == []
    assert call.says("All right.", 33_000, 34_000) == []
    (answer,) = call.until(34_500)
    assert isinstance(answer, StartReply)
    assert answer.text == "All right."


def test_a_caller_who_speaks_as_they_come_back_is_heard_first() -> None:
    """The announcement waits until they have finished and were answered."""
    call = handed_over()
    call.at(29_000, SpeechStarted(ms(28_900)))
    assert call.at(30_000, CallerTakenBack(Announcement.HUMAN_LEFT)) == []
    assert call.turns.state is State.LISTENING
    (first,) = call.at(31_000, SpeechStopped(ms(30_800))) + call.until(33_000)
    assert isinstance(first, StartReply)
    assert first.cause is Cause.ANNOUNCEMENT


def test_what_arrives_while_the_caller_is_away_waits() -> None:
    """A message is answered when the caller is back, after it was said why they are."""
    call = handed_over()
    assert call.at(20_000, MessageReceived("AB 12")) == []
    orders = call.at(30_000, CallerTakenBack(Announcement.HUMAN_LEFT))
    assert [order.cause for order in orders if isinstance(order, StartReply)] == [Cause.MESSAGE]

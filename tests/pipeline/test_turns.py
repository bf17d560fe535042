"""Every rule of turn-taking, as a transcript: what happens, when, and what is ordered.

Times are milliseconds of the caller's audio; the machine counts samples.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.commands import CancelReply, Cause, CloseLine, Command, StartReply, StopPlayout
from pipeline.errors import IllegalEvent
from pipeline.events import (
    DeadlinePassed,
    DigitPressed,
    EndOrdered,
    Event,
    LineLost,
    LineReady,
    PlayoutDrained,
    RecognitionLost,
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    SpeechStarted,
    SpeechStopped,
    TextRecognised,
)
from pipeline.turns import State, Turns, TurnSettings

MS = 16


def ms(value: int) -> int:
    return value * MS


@dataclass
class Call:
    """A transcript in the making: time only goes forward, deadlines fire when they are due."""

    turns: Turns = field(default_factory=Turns)
    now_ms: int = 0
    stretch_ms: int = 0

    def at(self, at_ms: int, event: Event) -> list[Command]:
        orders = self.until(at_ms)
        return orders + self.turns.handle(event, now=ms(at_ms))

    def until(self, at_ms: int) -> list[Command]:
        orders: list[Command] = []
        while (due := self.turns.next_deadline()) is not None and due <= ms(at_ms):
            orders += self.turns.handle(DeadlinePassed(), now=max(due, ms(self.now_ms)))
        self.now_ms = at_ms
        return orders

    def greeted(self) -> "Call":
        """A call in which the greeting has been heard, at 1,000 ms."""
        assert self.at(0, LineReady()) == [StartReply(0, Cause.GREETING)]
        self.at(50, ReplyAudible())
        self.at(100, ReplyCompleted())
        assert self.at(1_000, PlayoutDrained()) == []
        return self

    def says(self, text: str, begin_ms: int, end_ms: int) -> list[Command]:
        """The caller speaks; the detector tells of the end 200 ms later, the final text 40 ms after that."""
        orders = self.at(begin_ms + 90, SpeechStarted(ms(begin_ms)))
        orders += self.at(end_ms + 200, SpeechStopped(ms(end_ms)))
        return orders + self.at(end_ms + 240, TextRecognised(ms(begin_ms - 200), text, is_final=True))

    def answered(self, *, text: str = "It broke.", begin_ms: int = 2_000, end_ms: int = 3_000) -> "Call":
        """A greeted call whose first answer is being spoken, audible from 3,600 ms on."""
        self.greeted()
        assert self.says(text, begin_ms, end_ms) == []
        assert self.until(end_ms + 599) == [StartReply(1, Cause.ANSWER, text, ms(end_ms), ms(end_ms + 500))]
        assert self.at(end_ms + 600, ReplyAudible()) == []
        assert self.turns.state is State.SPEAKING
        return self


def test_the_assistant_greets_first() -> None:
    """The line opens: a greeting is ordered; once heard, the assistant listens."""
    call = Call().greeted()
    assert call.turns.state is State.LISTENING


def test_silence_ends_the_callers_turn() -> None:
    """500 ms after the last voiced sample, not after the detector's decision."""
    call = Call().greeted()
    assert call.says("My house burns.", 2_000, 3_000) == []
    assert call.until(3_499) == []
    assert call.until(3_500) == [StartReply(1, Cause.ANSWER, "My house burns.", ms(3_000), ms(3_500))]


def test_a_pause_within_a_sentence_is_waited_for() -> None:
    """400 ms are no end: both parts are one turn."""
    call = Call().greeted()
    assert call.says("My number is", 2_000, 3_000) == []
    assert call.says("four seven.", 3_400, 4_000) == []
    (order,) = call.until(4_500)
    assert isinstance(order, StartReply)
    assert order.text == "My number is four seven."


def test_a_late_final_text_is_waited_for() -> None:
    """The turn has ended; the reply begins when the text is there."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    assert call.at(3_600, TextRecognised(ms(1_800), "It rains", is_final=False)) == []
    assert call.at(3_900, TextRecognised(ms(1_800), "It rains in.", is_final=True)) == [
        StartReply(1, Cause.ANSWER, "It rains in.", ms(3_000), ms(3_500))
    ]


def test_a_final_text_that_never_comes_is_replaced_by_the_partial() -> None:
    """After 1,500 ms what was understood so far has to do."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(2_500, TextRecognised(ms(1_800), "It rains", is_final=False))
    call.at(3_200, SpeechStopped(ms(3_000)))
    (order,) = call.until(5_000)
    assert order == StartReply(1, Cause.ANSWER, "It rains", ms(3_000), ms(3_500))


def test_a_lost_recogniser_does_not_hold_the_turn_up() -> None:
    """What is there is answered at once."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(2_500, TextRecognised(ms(1_800), "Hello", is_final=False))
    call.at(3_200, SpeechStopped(ms(3_000)))
    call.until(3_500)
    assert call.at(3_600, RecognitionLost()) == [StartReply(1, Cause.ANSWER, "Hello", ms(3_000), ms(3_500))]


def test_a_cough_is_not_answered() -> None:
    """Short, and without words: the assistant goes on listening."""
    call = Call().greeted()
    assert call.says("", 2_000, 2_300) == []
    assert call.until(3_500) == []
    assert call.turns.state is State.LISTENING


def test_a_long_mumble_is_asked_about() -> None:
    """A second of speech without words is answered, with an empty text."""
    call = Call().greeted()
    call.says("", 2_000, 3_000)
    assert call.until(3_500) == [StartReply(1, Cause.ANSWER, "", ms(3_000), ms(3_500))]


def test_a_caller_who_goes_on_takes_the_turn_back() -> None:
    """Before our first sound: the reply is dropped, and both parts are answered together."""
    call = Call().greeted()
    call.says("My number is", 2_000, 3_000)
    call.until(3_550)
    assert call.at(3_690, SpeechStarted(ms(3_600))) == [CancelReply(), StopPlayout(ms(3_600))]
    call.at(4_200, SpeechStopped(ms(4_000)))
    call.at(4_240, TextRecognised(ms(3_400), "four two.", is_final=True))
    assert call.until(4_500) == [StartReply(1, Cause.ANSWER, "My number is four two.", ms(4_000), ms(4_500))]


def test_an_interruption_stops_the_assistant() -> None:
    """250 ms of speech over ours: cancel, silence; what is said is the next turn."""
    call = Call().answered()
    assert call.at(5_090, SpeechStarted(ms(5_000))) == []
    assert call.turns.state is State.INTERRUPTED
    assert call.until(5_249) == []
    assert call.until(5_250) == [CancelReply(), StopPlayout(ms(5_000))]
    call.at(6_200, SpeechStopped(ms(6_000)))
    call.at(6_240, TextRecognised(ms(4_800), "No, the kitchen.", is_final=True))
    assert call.until(6_500) == [StartReply(2, Cause.ANSWER, "No, the kitchen.", ms(6_000), ms(6_500))]


def test_a_complete_reply_is_only_silenced() -> None:
    """Nothing is left to cancel when all of it is queued."""
    call = Call().answered()
    call.at(4_000, ReplyCompleted())
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.until(5_300) == [StopPlayout(ms(5_000))]


def test_a_short_sound_over_ours_is_talked_through() -> None:
    """A detector that tells late of 150 ms of "mm-hmm" does not stop the assistant."""
    call = Call(Turns(TurnSettings(vad_cutoff_timeout_ms=400))).answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_350, SpeechStopped(ms(5_150))) == []
    assert call.turns.state is State.SPEAKING
    call.at(5_400, TextRecognised(ms(4_800), "Mm-hmm.", is_final=True))
    call.at(6_000, ReplyCompleted())
    assert call.at(9_000, PlayoutDrained()) == []
    assert call.until(10_000) == []


def test_a_short_answer_over_our_last_words_counts() -> None:
    """A "yes" half a second before we have finished is an answer, not a noise."""
    call = Call(Turns(TurnSettings(vad_cutoff_timeout_ms=400))).answered()
    call.at(4_000, ReplyCompleted())
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.at(5_350, SpeechStopped(ms(5_150)))
    call.at(5_400, TextRecognised(ms(4_800), "Yes.", is_final=True))
    assert call.at(5_700, PlayoutDrained()) == []
    assert call.until(5_700) == [StartReply(2, Cause.ANSWER, "Yes.", ms(5_150), ms(5_700))]


def test_speech_over_our_very_end_is_an_ordinary_turn() -> None:
    """We finished while the caller had just begun: nothing is stopped."""
    call = Call().answered()
    call.at(4_000, ReplyCompleted())
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_150, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING
    call.at(6_200, SpeechStopped(ms(6_000)))
    call.at(6_240, TextRecognised(ms(4_800), "Good.", is_final=True))
    (order,) = call.until(6_500)
    assert isinstance(order, StartReply)
    assert order.text == "Good."


def test_long_silence_is_asked_into_and_then_the_call_ends() -> None:
    """Three times "are you still there?", 20 s apart, then a farewell and the end."""
    call = Call().greeted()
    for _ in range(3):
        end_ms = call.now_ms + 20_000
        assert call.until(end_ms) == [StartReply(0, Cause.NUDGE)]
        call.at(end_ms + 100, ReplyAudible())
        call.at(end_ms + 200, ReplyCompleted())
        call.at(end_ms + 1_000, PlayoutDrained())
    end_ms = call.now_ms + 20_000
    assert call.until(end_ms) == [StartReply(0, Cause.FAREWELL)]
    call.at(end_ms + 100, ReplyAudible())
    call.at(end_ms + 200, ReplyCompleted(ends_call=True))
    assert call.at(end_ms + 900, PlayoutDrained()) == [CloseLine("assistant_hung_up")]
    assert call.turns.state is State.ENDED


def test_a_word_of_the_caller_begins_the_silence_anew() -> None:
    """Who answers is there: the count of prompts is forgotten."""
    call = Call().greeted()
    call.until(21_000)
    call.at(21_100, ReplyAudible())
    call.at(21_200, ReplyCompleted())
    call.at(22_000, PlayoutDrained())
    call.says("I am here.", 23_000, 24_000)
    call.until(24_500)
    call.at(24_600, ReplyAudible())
    call.at(24_700, ReplyCompleted())
    call.at(25_000, PlayoutDrained())
    orders = [order for n in range(3) for order in _silent_round(call)]
    assert [order.cause for order in orders if isinstance(order, StartReply)] == [Cause.NUDGE] * 3


def _silent_round(call: Call) -> list[Command]:
    orders = call.until(call.now_ms + 20_000)
    call.at(call.now_ms + 100, ReplyAudible())
    call.at(call.now_ms + 100, ReplyCompleted())
    call.at(call.now_ms + 500, PlayoutDrained())
    return orders


def test_a_failed_reply_is_apologised_for() -> None:
    """The call goes on."""
    call = Call().greeted()
    call.says("Hello?", 2_000, 2_500)
    call.until(3_000)
    assert call.at(3_200, ReplyFailed()) == [StartReply(1, Cause.APOLOGY)]


def test_a_failed_apology_leaves_silence_not_a_loop() -> None:
    """When the voice itself is gone, listening is all that is left."""
    call = Call().greeted()
    call.says("Hello?", 2_000, 2_500)
    call.until(3_000)
    call.at(3_200, ReplyFailed())
    assert call.at(3_300, ReplyFailed()) == []
    assert call.turns.state is State.LISTENING


def test_a_reply_that_takes_too_long_is_given_up() -> None:
    """15 s of thinking: cancelled, with an apology."""
    call = Call().greeted()
    call.says("Hello?", 2_000, 2_500)
    assert call.until(17_999)[1:] == []
    assert call.until(18_000) == [CancelReply(), StartReply(1, Cause.APOLOGY)]


def test_the_call_ends_after_the_goodbye_was_heard() -> None:
    """Not before its last word, and not because the caller says goodbye over it."""
    call = Call().answered()
    assert call.at(4_000, ReplyCompleted(ends_call=True)) == []
    assert call.turns.state is State.CLOSING
    assert call.says("Goodbye!", 4_200, 4_800) == []
    assert call.at(6_000, PlayoutDrained()) == [CloseLine("assistant_hung_up")]


def test_a_reply_that_says_nothing_gives_the_turn_back() -> None:
    """No loop: what was said has been dealt with."""
    call = Call().greeted()
    call.says("Hm.", 2_000, 3_000)
    call.until(3_500)
    call.at(3_510, ReplyCompleted())
    assert call.at(3_510, PlayoutDrained()) == []
    assert call.until(10_000) == []


def test_keys_are_gathered_until_a_pause_or_the_hash() -> None:
    """4, 2, # is an answer; a key also stops the assistant."""
    call = Call().answered()
    assert call.at(4_000, DigitPressed("4")) == [CancelReply(), StopPlayout(ms(4_000))]
    assert call.at(4_500, DigitPressed("2")) == []
    call.at(4_900, DigitPressed("#"))
    assert call.until(4_900) == [StartReply(2, Cause.ANSWER, "4 2", ms(4_900), ms(4_900))]


def test_keys_without_a_hash_end_after_two_seconds() -> None:
    """Nobody needs to know of the hash."""
    call = Call().greeted()
    call.at(2_000, DigitPressed("7"))
    assert call.until(3_999) == []
    assert call.until(4_000) == [StartReply(1, Cause.ANSWER, "7", ms(2_000), ms(4_000))]


@pytest.mark.parametrize("moment", ["listening", "thinking", "speaking"])
def test_a_lost_line_ends_everything(moment: str) -> None:
    """Whatever was going on is cancelled, and the line is closed once."""
    call = Call()
    if moment == "listening":
        call.greeted()
    elif moment == "speaking":
        call.answered()
    else:
        call.at(0, LineReady())
    orders = call.turns.handle(LineLost(), now=ms(9_000))
    assert orders[-1] == CloseLine("caller_hung_up")
    assert (CancelReply() in orders) == (moment != "listening")
    assert call.turns.handle(LineLost(), now=ms(9_001)) == []
    assert call.turns.handle(SpeechStarted(0), now=ms(9_002)) == []
    assert call.turns.next_deadline() is None


def test_an_ordered_end_gives_its_reason() -> None:
    """Call control hung up, or the server drains."""
    assert Call().greeted().turns.handle(EndOrdered("drained"), now=ms(2_000)) == [CloseLine("drained")]


def test_an_event_that_cannot_be_is_our_bug() -> None:
    """The line cannot become ready twice."""
    call = Call().greeted()
    with pytest.raises(IllegalEvent, match="LineReady cannot happen while listening"):
        call.turns.handle(LineReady(), now=ms(2_000))


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(SpeechStarted, st.integers(0, 10_000)),
    st.builds(SpeechStopped, st.integers(0, 10_000)),
    st.builds(TextRecognised, st.integers(0, 10_000), st.sampled_from(["", "yes", "no way"]), is_final=st.booleans()),
    st.sampled_from(
        [RecognitionLost(), DigitPressed("1"), ReplyAudible(), ReplyCompleted(), ReplyFailed(), PlayoutDrained()]
    ),
    st.just(DeadlinePassed()),
)


@given(st.lists(EVENTS, max_size=60))
def test_whatever_happens_one_reply_runs_at_most(events: list[Event]) -> None:
    """No second reply is started before the first was cancelled, completed or had failed."""
    turns = Turns()
    is_running = False
    now = 0
    for event in [LineReady(), *events]:
        now += 800
        if isinstance(event, SpeechStarted if turns.is_caller_speaking else SpeechStopped):
            continue  # the detector's starts and stops alternate
        if isinstance(event, ReplyCompleted | ReplyFailed | PlayoutDrained):
            is_running = False
        for order in turns.handle(event, now=now):
            if isinstance(order, CancelReply):
                is_running = False
            elif isinstance(order, StartReply):
                assert not is_running
                is_running = True

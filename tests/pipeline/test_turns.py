"""Whose turn it is, as transcripts: the plain way of a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.commands import (
    CancelReply,
    Cause,
    CloseLine,
    Command,
    CorrectTurn,
    SayFiller,
    StartReply,
    StopPlayout,
)
from pipeline.ending import EndingSettings
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
from pipeline.turn_settings import State
from pipeline.turns import Turns
from tests.pipeline.transcript import Call, ms, plain, text
from vad.end_of_turn import EndOfTurnSettings


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


def test_a_text_that_may_still_change_is_waited_for_but_a_final_is_not() -> None:
    """Words that reached the end of the voice will do; the final text only corrects what is remembered."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    call.at(3_250, text(1_800, "It rains", is_final=False))
    assert call.until(3_500) == [StartReply(1, Cause.ANSWER, "It rains", ms(3_000), ms(3_500))]
    call.at(3_900, ReplyAudible())
    call.at(4_000, ReplyCompleted())
    assert call.until(4_500) == []
    assert call.at(4_600, text(1_800, "It rains in.", is_final=True)) == [CorrectTurn(1, "It rains in.")]
    assert call.at(4_700, text(1_800, "late again", is_final=True)) == []


def test_a_final_text_that_comes_before_its_answer_is_heard_corrects_it_too() -> None:
    """A service takes half a second for its final text: the answer has begun by then, and is not yet true."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    call.at(3_250, text(1_800, "It was in boss", is_final=False))
    call.until(3_500)
    assert call.at(3_550, text(1_800, "It was in Boston.", is_final=True)) == []
    call.at(3_600, ReplyAudible())
    assert call.until(6_000) == [CorrectTurn(1, "It was in Boston.")]
    assert call.at(6_100, text(1_800, "late again", is_final=True)) == []


def test_a_recogniser_that_is_late_for_an_unheard_answer_is_learned_too() -> None:
    """Its last word changed 550 ms after the voice, before the answer was true: the next turn waits for it."""
    call = Call(Turns(plain(ending=EndingSettings(wait=EndOfTurnSettings(floor_ms=100, longest_ms=100))))).greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    call.at(3_250, text(1_800, "It was in boss", is_final=False))
    call.until(3_400)
    call.at(3_550, text(1_800, "It was in Boston.", is_final=True))
    call.at(3_600, ReplyAudible())
    call.at(3_610, ReplyCompleted())
    call.until(4_600)
    call.at(5_000, PlayoutDrained())
    call.at(6_090, SpeechStarted(ms(6_000)))
    call.at(7_100, SpeechStopped(ms(7_000)))
    call.at(7_150, text(5_800, "And my name is mil", is_final=False))
    assert call.until(7_600) == []
    assert len(call.until(7_700)) == 1


def test_a_final_text_that_says_the_same_corrects_nothing() -> None:
    """Case and punctuation are no words."""
    call = Call().answered(text="it broke")
    call.until(4_200)
    assert call.at(4_300, text(1_800, "It broke!", is_final=True)) == []


def test_a_slow_recogniser_is_learned() -> None:
    """Its words still changed 450 ms after the voice: the next turn waits for them."""
    call = Call(Turns(plain(ending=EndingSettings(wait=EndOfTurnSettings(floor_ms=100, longest_ms=100))))).greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    call.at(3_250, text(1_800, "My name is", is_final=False))
    (order,) = call.until(3_400)
    assert isinstance(order, StartReply)
    assert order.text == "My name is"
    call.at(3_420, ReplyAudible())
    call.at(3_430, ReplyCompleted())
    call.until(3_930)
    call.at(3_950, text(1_800, "My name is Ann.", is_final=True))
    call.at(5_000, PlayoutDrained())
    call.at(6_090, SpeechStarted(ms(6_000)))
    call.at(7_100, SpeechStopped(ms(7_000)))
    call.at(7_150, text(5_800, "And yours", is_final=False))
    assert call.until(7_900) == []
    assert len(call.until(8_000)) == 1


def test_without_any_text_the_recogniser_is_waited_for() -> None:
    """Four seconds, with a word that fills the silence; then the sound was too long to be nothing."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    assert call.until(4_799) == []
    assert call.until(4_800) == [SayFiller()]
    assert call.until(6_999) == []
    assert call.until(7_000) == [StartReply(1, Cause.ANSWER, "", ms(3_000), ms(3_500))]


def test_a_lost_recogniser_does_not_hold_the_turn_up() -> None:
    """What is there is answered when the silence is long enough."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    assert call.at(3_300, RecognitionLost()) == []
    assert call.until(3_500) == [StartReply(1, Cause.ANSWER, "", ms(3_000), ms(3_500))]


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
    call.at(4_240, text(3_400, "four two.", is_final=True))
    assert call.until(4_500) == [StartReply(1, Cause.ANSWER, "My number is four two.", ms(4_000), ms(4_500))]


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
    assert call.until(17_999)[1:] == [SayFiller()]
    assert call.until(18_000) == [CancelReply(), StartReply(1, Cause.APOLOGY)]


def test_the_call_ends_after_the_goodbye_was_heard() -> None:
    """Not before its last word, and not because the caller says goodbye over it."""
    call = Call().answered()
    assert call.at(4_000, ReplyCompleted(ends_call=True)) == []
    assert call.says("Goodbye!", 4_200, 4_800) == []
    assert call.turns.state is State.CLOSING
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
    """Nobody needs to know of the hash; the star asks for the question, and is not waited for."""
    call = Call().greeted()
    call.at(2_000, DigitPressed("7"))
    assert call.until(3_999) == []
    assert call.until(4_000) == [StartReply(1, Cause.ANSWER, "7", ms(2_000), ms(4_000))]
    starred = Call().greeted()
    starred.at(2_000, DigitPressed("*"))
    assert starred.until(2_000) == [StartReply(1, Cause.ANSWER, "*", ms(2_000), ms(2_000))]


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
    st.builds(
        TextRecognised,
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.sampled_from(["", "yes", "no way"]),
        is_final=st.booleans(),
    ),
    st.sampled_from(
        [RecognitionLost(), DigitPressed("1"), ReplyAudible(), ReplyCompleted(), ReplyFailed(), PlayoutDrained()]
    ),
    st.just(DeadlinePassed()),
)


@given(st.lists(EVENTS, max_size=60))
def test_whatever_happens_one_reply_runs_at_most(events: list[Event]) -> None:
    """No second reply is started before the first was cancelled, completed or had failed."""
    turns = Turns(plain(speculation_max_per_turn=2))
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


def test_a_reply_that_breaks_off_is_apologised_for_when_its_beginning_was_heard() -> None:
    """Once: neither while it still plays, nor for the apology."""
    call = Call().answered()
    assert call.at(3_800, ReplyFailed()) == []
    assert call.at(4_900, PlayoutDrained()) == [StartReply(1, Cause.APOLOGY)]
    call.at(5_000, ReplyAudible())
    assert call.at(5_100, ReplyFailed()) == []
    assert call.at(7_000, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING


def test_who_interrupts_a_reply_that_broke_off_needs_no_apology() -> None:
    """They have said what they want; the next reply is whole again."""
    call = Call().answered()
    call.at(4_200, ReplyFailed())
    call.says("No, wait.", 4_400, 5_200)
    assert call.until(6_000)[-1] == StartReply(2, Cause.ANSWER, "No, wait.", ms(5_200), ms(5_700))
    call.at(6_100, ReplyAudible())
    call.at(6_200, ReplyCompleted())
    assert call.at(7_000, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING


def test_a_recogniser_that_is_late_does_not_leave_the_caller_in_silence() -> None:
    """The words are behind the voice: one filler while they are waited for, and none on top of it for the answer."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(2_500, TextRecognised(ms(1_800), ms(2_300), "The pipe", is_final=False))
    call.at(3_200, SpeechStopped(ms(3_000)))
    assert call.until(4_799) == []
    assert call.until(4_800) == [SayFiller()]
    assert call.at(5_000, text(1_800, "The pipe has burst.", is_final=True)) == []
    assert call.until(5_001) == [StartReply(1, Cause.ANSWER, "The pipe has burst.", ms(3_000), ms(3_500))]
    assert call.until(6_599) == []
    assert call.until(6_600) == [SayFiller()]


def test_a_noise_without_words_gets_no_filler() -> None:
    """Too short to be words: nobody waits for an answer."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(2_500, SpeechStopped(ms(2_300)))
    assert call.until(9_000) == []

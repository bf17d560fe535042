"""Every rule of turn-taking, as a transcript: what happens, when, and what is ordered.

Times are milliseconds of the caller's audio; the machine counts samples.
"""

from dataclasses import dataclass, field
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.commands import (
    CancelReply,
    Cause,
    CloseLine,
    Command,
    ConfirmReply,
    CorrectTurn,
    HoldPlayout,
    JudgeTurn,
    ReleaseReply,
    ResumePlayout,
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
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechStopped,
    TextRecognised,
    TurnScored,
    VoiceJudged,
)
from pipeline.turn_settings import State, TurnSettings
from pipeline.turns import Turns
from vad.end_of_turn import EndOfTurnSettings

MS = 16


def ms(value: int) -> int:
    return value * MS


def text(start_ms: int, words: str, *, is_final: bool) -> TextRecognised:
    """A text of the stretch that is listened to from here; how far it reaches is not told."""
    return TextRecognised(ms(start_ms), 0, words, is_final)


def plain(**changes: Any) -> TurnSettings:
    """Half a second of silence ends a turn, whatever was said; nothing is prepared."""
    half_a_second = EndOfTurnSettings(floor_ms=500, vad_silence_timeout_ms=500, longest_ms=500)
    return TurnSettings(**{"ending": EndingSettings(wait=half_a_second), "speculation_max_per_turn": 0, **changes})


@dataclass
class Call:
    """A transcript in the making: time only goes forward, deadlines fire when they are due."""

    turns: Turns = field(default_factory=lambda: Turns(plain()))
    now_ms: int = 0
    asides: list[Command] = field(default_factory=list)
    """Orders that most transcripts do not speak of."""

    def at(self, at_ms: int, event: Event) -> list[Command]:
        orders = self.until(at_ms)
        return orders + self.told(self.turns.handle(event, now=ms(at_ms)))

    def told(self, orders: list[Command]) -> list[Command]:
        aside = [order for order in orders if isinstance(order, JudgeTurn | ConfirmReply)]
        self.asides += aside
        return [order for order in orders if order not in aside]

    def until(self, at_ms: int) -> list[Command]:
        orders: list[Command] = []
        while (due := self.turns.next_deadline()) is not None and due <= ms(at_ms):
            orders += self.told(self.turns.handle(DeadlinePassed(), now=max(due, ms(self.now_ms))))
        self.now_ms = at_ms
        return orders

    def greeted(self) -> "Call":
        """A call in which the greeting has been heard, at 1,000 ms."""
        assert self.at(0, LineReady()) == [StartReply(0, Cause.GREETING)]
        self.at(50, ReplyAudible())
        self.at(100, ReplyCompleted())
        assert self.at(1_000, PlayoutDrained()) == []
        return self

    def says(self, said: str, begin_ms: int, end_ms: int) -> list[Command]:
        """The caller speaks; the detector tells of the end 200 ms later, the final text 40 ms after that."""
        orders = self.at(begin_ms + 90, SpeechStarted(ms(begin_ms)))
        orders += self.at(end_ms + 200, SpeechStopped(ms(end_ms)))
        return orders + self.at(end_ms + 240, text(begin_ms - 200, said, is_final=True))

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
    """1,500 ms; then the sound was too short or too long to be nothing."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(3_200, SpeechStopped(ms(3_000)))
    assert call.until(4_499) == []
    assert call.until(4_500) == [StartReply(1, Cause.ANSWER, "", ms(3_000), ms(3_500))]


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


def test_an_interruption_silences_us_at_once_and_ends_our_turn_when_it_is_sure() -> None:
    """250 ms: silence, perhaps for a moment. 700 ms: the caller has the floor, and says the next turn."""
    call = Call().answered()
    assert call.at(5_090, SpeechStarted(ms(5_000))) == []
    assert call.turns.state is State.INTERRUPTED
    assert call.until(5_249) == []
    assert call.until(5_250) == [HoldPlayout(ms(5_000))]
    assert call.until(5_700) == [CancelReply(), StopPlayout(ms(5_000))]
    call.at(6_200, SpeechStopped(ms(6_000)))
    call.at(6_240, text(4_800, "No, the kitchen.", is_final=True))
    assert call.until(6_500) == [StartReply(2, Cause.ANSWER, "No, the kitchen.", ms(6_000), ms(6_500))]


def test_words_make_an_interruption_sure() -> None:
    """As soon as something was understood that is no "mm-hmm"."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.until(5_300) == [HoldPlayout(ms(5_000))]
    assert call.at(5_400, text(4_800, "But the", is_final=False)) == [CancelReply(), StopPlayout(ms(5_000))]


def test_stop_is_obeyed_at_once() -> None:
    """Before the 250 ms are over, if it was understood by then."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_200, text(4_800, "Stop", is_final=False)) == [CancelReply(), StopPlayout(ms(5_000))]


def test_a_false_alarm_is_played_on() -> None:
    """300 ms of "okay": silence for a moment, then on from the word where it stopped."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.until(5_250) == [HoldPlayout(ms(5_000))]
    assert call.at(5_550, SpeechStopped(ms(5_330))) == []
    assert call.at(5_600, text(4_800, "Okay.", is_final=True)) == [ResumePlayout()]
    assert call.turns.state is State.SPEAKING


def test_a_cough_is_played_on_although_no_text_comes() -> None:
    """The recogniser has nothing to say of it: after 300 ms that is clear."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.until(5_250)
    assert call.at(5_500, SpeechStopped(ms(5_280))) == []
    assert call.until(5_580) == [ResumePlayout()]


def test_a_short_word_that_means_something_is_an_interruption() -> None:
    """It was over before it was understood: "no" is still a no."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.until(5_250)
    call.at(5_500, SpeechStopped(ms(5_280)))
    assert call.at(5_540, text(4_800, "No.", is_final=True)) == [CancelReply(), StopPlayout(ms(5_000))]
    assert call.until(5_780) == [StartReply(2, Cause.ANSWER, "No.", ms(5_280), ms(5_780))]


def test_a_hum_is_talked_through() -> None:
    """Half a second of "mm-hmm": we do not even hold our breath."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_190, VoiceJudged(is_hum=True)) == []
    assert call.at(5_650, SpeechStopped(ms(5_450))) == []
    assert call.turns.state is State.SPEAKING


def test_a_hum_that_becomes_a_word_is_an_interruption() -> None:
    """The hum was the beginning of "Mmm, no"."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.at(5_190, VoiceJudged(is_hum=True))
    assert call.at(5_400, VoiceJudged(is_hum=False)) == []
    assert call.until(5_400) == [HoldPlayout(ms(5_000))]


def test_who_speaks_over_our_first_words_had_not_finished() -> None:
    """Within half a second of our first sound: nothing has come true, and both parts are one turn."""
    call = Call().answered(text="It was on")
    call.at(3_890, SpeechStarted(ms(3_800)))
    assert call.until(4_500) == [HoldPlayout(ms(3_800)), CancelReply(), StopPlayout(ms(3_800))]
    assert ConfirmReply() not in call.asides[1:]
    call.at(5_000, SpeechStopped(ms(4_800)))
    call.at(5_040, text(3_600, "Monday.", is_final=True))
    assert call.until(5_300) == [StartReply(1, Cause.ANSWER, "It was on Monday.", ms(4_800), ms(5_300))]


def test_a_reply_comes_true_when_it_was_heard_for_half_a_second() -> None:
    """And at the latest when it is over."""
    call = Call().answered()
    before = call.asides.count(ConfirmReply())
    call.until(4_099)
    assert call.asides.count(ConfirmReply()) == before
    call.until(4_100)
    assert call.asides.count(ConfirmReply()) == before + 1
    call.at(5_000, ReplyCompleted())
    call.at(6_000, PlayoutDrained())
    assert call.asides.count(ConfirmReply()) == before + 1


def test_a_short_sound_over_ours_is_talked_through() -> None:
    """A detector that tells late of 150 ms of "mm-hmm" does not stop the assistant."""
    call = Call(Turns(plain(vad_cutoff_timeout_ms=400))).answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_350, SpeechStopped(ms(5_150))) == []
    assert call.turns.state is State.SPEAKING
    call.at(5_400, text(4_800, "Mm-hmm.", is_final=True))
    call.at(6_000, ReplyCompleted())
    assert call.at(9_000, PlayoutDrained()) == []
    assert call.until(10_000) == []


def test_a_short_answer_over_our_last_words_counts() -> None:
    """A yes half a second before we have finished is an answer, not a noise."""
    call = Call(Turns(plain(vad_cutoff_timeout_ms=400))).answered()
    call.at(4_000, ReplyCompleted())
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.at(5_350, SpeechStopped(ms(5_150)))
    call.at(5_400, text(4_800, "Yes.", is_final=True))
    assert call.at(5_700, PlayoutDrained()) == []
    assert call.until(5_700) == [StartReply(2, Cause.ANSWER, "Yes.", ms(5_150), ms(5_650))]


def test_speech_over_our_very_end_is_an_ordinary_turn() -> None:
    """We finished while the caller had just begun: nothing is stopped."""
    call = Call().answered()
    call.at(4_000, ReplyCompleted())
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_150, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING
    call.at(6_200, SpeechStopped(ms(6_000)))
    call.at(6_240, text(4_800, "Good.", is_final=True))
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
    assert call.until(17_999)[1:] == [SayFiller()]
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


def prepared(finished: float = 0.9) -> Call:
    """A call whose caller has just paused after a sentence; a reply to it is prepared at 3,150 ms."""
    call = Call(Turns(TurnSettings())).greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    assert call.at(3_080, SpeechPaused(ms(3_000))) == []
    (order,) = call.at(3_150, text(1_800, "My house burns.", is_final=True))
    assert order == StartReply(1, Cause.ANSWER, "My house burns.", ms(3_000), ms(3_000), is_held=True)
    return call


def test_a_reply_is_prepared_while_the_caller_may_have_finished() -> None:
    """And released when the turn is over: nothing is asked twice."""
    call = prepared()
    (order,) = call.until(4_000)
    assert isinstance(order, ReleaseReply)
    assert (order.turn, order.text, order.last_voiced_sample) == (1, "My house burns.", ms(3_000))
    assert order.turn_ended_sample < ms(3_500)
    assert call.turns.state is State.THINKING


def test_a_prepared_reply_survives_a_breath_but_not_other_words() -> None:
    """The caller goes on: first only sound, then words; two replies are prepared at most."""
    call = prepared()
    assert call.at(3_200, SpeechResumed(ms(3_180))) == []
    assert call.at(3_500, text(1_800, "My house burns.", is_final=False)) == []
    call.at(3_600, SpeechStopped(ms(3_400)))
    call.at(3_690, SpeechStarted(ms(3_620)))
    orders = call.at(3_800, text(3_580, "And my", is_final=False))
    assert orders == [CancelReply()]
    call.at(4_080, SpeechPaused(ms(4_000)))
    assert call.turns.state is State.LISTENING
    (again,) = call.at(4_200, text(3_580, "And my car burns.", is_final=True))
    assert isinstance(again, StartReply)
    assert again.is_held
    assert call.at(4_230, SpeechResumed(ms(4_210))) == []
    call.at(4_500, SpeechStopped(ms(4_300)))
    call.at(4_590, SpeechStarted(ms(4_520)))
    orders = call.at(4_900, text(4_480, "Please help.", is_final=True))
    assert orders == [CancelReply()]
    call.at(5_080, SpeechPaused(ms(5_000)))
    (fresh,) = call.until(6_500)
    assert fresh == StartReply(1, Cause.ANSWER, "My house burns. And my car burns. Please help.", ms(5_000), ANY)


def test_a_prepared_reply_that_failed_is_asked_for_again() -> None:
    """Its failure is nobody's business until the turn is over."""
    call = prepared()
    assert call.at(3_160, ReplyFailed()) == []
    assert [type(order) for order in call.until(4_000)] == [CancelReply, StartReply]


def test_a_prepared_goodbye_ends_the_call_only_when_it_was_released() -> None:
    """The preparation was complete before the turn was over."""
    call = prepared()
    call.at(3_160, ReplyCompleted(ends_call=True))
    assert call.turns.state is State.LISTENING
    call.until(4_000)
    call.at(4_010, ReplyAudible())
    assert call.at(6_000, PlayoutDrained()) == [CloseLine("assistant_hung_up")]


def test_the_model_decides_where_the_words_do_not() -> None:
    """Asked after 120 ms of silence; surely finished is answered after some 150 ms, surely not is waited for."""
    waits = []
    for finished in (1.0, 0.0):
        call = prepared()
        call.until(3_170)
        (question,) = [order for order in call.asides if isinstance(order, JudgeTurn)][-1:]
        call.at(3_180, TurnScored(question.pause, finished))
        while call.turns.state is State.LISTENING:
            call.until(call.now_ms + 10)
        waits.append(call.now_ms - 3_000)
    assert waits[0] <= 200
    assert waits[1] >= 1_500


def test_a_score_of_another_pause_is_too_late() -> None:
    """The caller went on in between."""
    call = prepared()
    call.until(3_170)
    call.at(3_200, SpeechResumed(ms(3_180)))
    call.at(3_600, SpeechPaused(ms(3_500)))
    assert call.at(3_610, TurnScored(1, 1.0)) == []
    assert call.turns.state is State.LISTENING


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

"""Speech over our voice, as transcripts: what is talked through and what takes the floor."""

from pipeline.commands import (
    CancelReply,
    Cause,
    ConfirmReply,
    HoldPlayout,
    ResumePlayout,
    StartReply,
    StopPlayout,
)
from pipeline.events import (
    PlayoutDrained,
    ReplyCompleted,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechStopped,
    TextRecognised,
    VoiceJudged,
)
from pipeline.turn_settings import State
from pipeline.turns import Turns
from tests.pipeline.transcript import Call, ms, plain, text


def test_an_interruption_silences_us_at_once_and_ends_our_turn_when_it_is_sure() -> None:
    """225 ms: silence, perhaps for a moment. 700 ms: the caller has the floor, and says the next turn."""
    call = Call().answered()
    assert call.at(5_090, SpeechStarted(ms(5_000))) == []
    assert call.turns.state is State.INTERRUPTED
    assert call.until(5_224) == []
    assert call.until(5_225) == [HoldPlayout(ms(5_000))]
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
    """Before the 225 ms are over, if it was understood by then."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_200, text(4_800, "Stop", is_final=False)) == [CancelReply(), StopPlayout(ms(5_000))]


def test_a_false_alarm_is_played_on() -> None:
    """300 ms of "okay": silence for a moment, then on from the word where it stopped."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.until(5_225) == [HoldPlayout(ms(5_000))]
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


def test_who_goes_on_at_the_beginning_of_our_goodbye_has_not_finished() -> None:
    """A "yes", and then more: nothing is closed before the goodbye was heard for half a second."""
    call = Call().answered(text="Yes,")
    call.at(3_650, ReplyCompleted(ends_call=True))
    call.at(3_790, SpeechStarted(ms(3_700)))
    call.until(4_400)
    call.at(4_600, SpeechStopped(ms(4_400)))
    call.at(4_640, text(3_550, "but one more thing.", is_final=True))
    (order,) = call.until(4_900)
    assert isinstance(order, StartReply)
    assert order.text == "Yes, but one more thing."


def test_a_short_word_is_over_when_it_pauses() -> None:
    """A "right" lasts for 200 ms: its stretch ends later, but it was too short to silence us."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_220, SpeechPaused(ms(5_140))) == []
    assert call.until(5_400) == []
    assert call.at(5_450, SpeechStopped(ms(5_200))) == []
    assert call.turns.state is State.SPEAKING


def test_a_pause_within_an_interruption_is_not_its_end() -> None:
    """As in "ac-tually": the stop in it only puts off what was to happen."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.at(5_210, SpeechPaused(ms(5_130)))
    assert call.at(5_260, SpeechResumed(ms(5_240))) == []
    assert call.until(5_270) == [HoldPlayout(ms(5_000))]


def test_we_go_on_as_soon_as_the_words_are_known_to_mean_nothing() -> None:
    """An "okay" is understood 100 ms after it has ended; its stretch has not ended yet."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.until(5_300) == [HoldPlayout(ms(5_000))]
    assert call.at(5_480, SpeechPaused(ms(5_400))) == []
    assert call.at(5_500, TextRecognised(ms(4_800), ms(5_400), "Okay.", is_final=False)) == [ResumePlayout()]
    assert call.at(5_650, SpeechStopped(ms(5_400))) == []
    assert call.turns.state is State.SPEAKING


def test_half_of_a_listeners_phrase_decides_nothing() -> None:
    """An "I" may become "I see": silent already, we wait for the next word."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.until(5_300)
    assert call.at(5_350, text(4_800, "I", is_final=False)) == []
    assert call.at(5_450, text(4_800, "I would", is_final=False)) == [CancelReply(), StopPlayout(ms(5_000))]


def test_a_drawn_out_listeners_word_is_no_interruption() -> None:
    """A second of "okaaay": sure is not sure yet."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    call.until(5_300)
    assert call.at(5_600, text(4_800, "Okay", is_final=False)) == []
    assert call.until(6_000) == []
    assert call.at(6_090, SpeechPaused(ms(6_000))) == []
    assert call.at(6_120, TextRecognised(ms(4_800), ms(6_000), "Okay.", is_final=False)) == [ResumePlayout()]


def test_somebody_else_in_the_room_is_talked_through() -> None:
    """Much weaker than the caller: no matter how long, unless it is "stop"."""
    call = Call().answered()
    call.at(5_090, SpeechStarted(ms(5_000)))
    assert call.at(5_190, VoiceJudged(is_hum=False, is_faint=True)) == []
    assert call.at(5_600, text(4_800, "Dinner is ready", is_final=False)) == []
    assert call.until(7_000) == []
    assert call.at(7_050, SpeechStopped(ms(6_900))) == []
    assert call.turns.state is State.SPEAKING

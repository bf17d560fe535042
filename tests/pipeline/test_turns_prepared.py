"""Replies that are prepared while the caller may have finished, as transcripts."""

from unittest.mock import ANY

from pipeline.commands import (
    AllowOpener,
    CancelReply,
    Cause,
    CloseLine,
    DelaySpeech,
    JudgeTurn,
    ReleaseReply,
    StartReply,
)
from pipeline.events import (
    PlayoutDrained,
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    SpeechLikely,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechStopped,
    TurnScored,
)
from pipeline.turn_settings import State, TurnSettings
from pipeline.turns import Turns
from tests.pipeline.transcript import Call, ms, text


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
        call.at(3_180, TurnScored(question.pause, finished, question.text))
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


def test_a_model_that_answers_is_waited_for() -> None:
    """The words say finished, but the model has been asked about them: it gets its 130 ms."""
    call = prepared()
    call.until(3_170)
    (question,) = [order for order in call.asides if isinstance(order, JudgeTurn)][-1:]
    call.at(3_175, TurnScored(question.pause, 0.9, "other words"))
    call.until(3_240)
    assert call.turns.state is State.LISTENING


def sure_to_end() -> Call:
    """A prepared call whose turn will be over at 3,200 ms."""
    call = prepared()
    call.until(3_170)
    (question,) = [order for order in call.asides if isinstance(order, JudgeTurn)][-1:]
    call.at(3_180, TurnScored(question.pause, 1.0, question.text))
    return call


def test_a_voice_that_may_begin_puts_the_end_of_the_turn_off() -> None:
    """At the last moment there is a sign of a voice: it begins, and nothing was said into it."""
    call = sure_to_end()
    assert call.at(3_195, SpeechLikely(ms(3_160))) == []
    call.until(3_290)
    assert call.turns.state is State.LISTENING
    assert call.at(3_291, SpeechStarted(ms(3_160))) == []
    assert call.turns.state is State.LISTENING


def test_a_sign_that_was_none_costs_a_tenth_of_a_second() -> None:
    """A breath, a click: the turn ends then."""
    call = sure_to_end()
    call.at(3_195, SpeechLikely(ms(3_160)))
    (order,) = call.until(3_300)
    assert isinstance(order, ReleaseReply)


def test_a_voice_that_may_begin_before_our_first_sound_delays_it() -> None:
    """The turn is over, the answer is on its way; but it is not said into a voice that begins."""
    call = sure_to_end()
    call.until(3_400)
    assert call.turns.state is State.THINKING
    assert call.at(3_500, SpeechLikely(ms(3_460))) == [DelaySpeech(ms(3_600))]
    call.at(3_610, ReplyAudible())
    assert call.at(3_700, SpeechLikely(ms(3_660))) == []


def test_an_opener_is_allowed_when_the_turn_is_over() -> None:
    """Soon after a sure end, later after an unsure one."""
    allowed = []
    for finished in (0.95, 0.65):
        call = prepared()
        call.until(3_170)
        (question,) = [order for order in call.asides if isinstance(order, JudgeTurn)][-1:]
        call.at(3_180, TurnScored(question.pause, finished, question.text))
        call.until(3_600)
        allowed += [order.from_sample / 16 - 3_000 for order in call.asides if isinstance(order, AllowOpener)]
    sure, unsure = allowed
    assert sure <= 300
    assert unsure > 450


def test_late_words_are_of_the_turn_that_is_being_answered() -> None:
    """Until its answer is certain; then what is heard belongs to the next, and so it does after a greeting."""
    call = prepared()
    assert call.turns.heard_turn == 1
    call.until(4_000)
    assert (call.turns.state, call.turns.heard_turn) == (State.THINKING, 1)
    call.at(4_100, ReplyAudible())
    assert (call.turns.state, call.turns.heard_turn) == (State.SPEAKING, 1)
    call.until(7_000)
    assert (call.turns.state, call.turns.heard_turn) == (State.SPEAKING, 2)


def test_a_turn_that_is_taken_back_keeps_its_number() -> None:
    """The caller goes on before anything is heard of the answer."""
    call = prepared()
    call.until(4_000)
    call.at(4_050, SpeechStarted(ms(4_000)))
    assert (call.turns.state, call.turns.heard_turn) == (State.LISTENING, 1)

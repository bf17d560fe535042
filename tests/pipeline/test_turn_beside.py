"""What the other side chooses and asks for by hand, as transcripts."""

from collections.abc import Sequence

from pipeline.commands import CancelReply, Cause, Command, HandOver, StartReply, StopPlayout
from pipeline.events import (
    HandOverAsked,
    LanguageChosen,
    LineReady,
    PlayoutDrained,
    ReplyAudible,
    ReplyCompleted,
    SpeechPaused,
    SpeechStarted,
    SpeechStopped,
)
from pipeline.turn_settings import State, TurnSettings
from pipeline.turns import Turns
from tests.pipeline.transcript import Call, ms, text

FRENCH = LanguageChosen("fr-FR")


def causes(orders: Sequence[Command]) -> list[Cause]:
    return [order.cause for order in orders if isinstance(order, StartReply)]


# -- another language -----------------------------------------------------------------


def test_a_language_is_acknowledged_when_nobody_speaks() -> None:
    """Who chooses one hears it at once."""
    call = Call().greeted()
    assert call.at(2_000, FRENCH) == [StartReply(0, Cause.LANGUAGE)]
    call.at(2_100, ReplyAudible())
    call.at(2_200, ReplyCompleted())
    assert call.at(3_000, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING


def test_the_greeting_begins_anew_in_the_language() -> None:
    """Chosen amid the greeting: what is left of that is not said."""
    call = Call()
    call.at(0, LineReady())
    call.at(50, ReplyAudible())
    orders = call.at(800, FRENCH)
    assert orders == [CancelReply(), StopPlayout(None), StartReply(0, Cause.LANGUAGE)]


def test_a_question_that_waits_for_its_answer_is_answered_in_the_language() -> None:
    """Chosen while we think: the same words are answered anew, and nothing is said of the language."""
    call = Call().greeted()
    call.says("It broke.", 2_000, 3_000)
    assert causes(call.until(3_550)) == [Cause.ANSWER]
    assert call.at(3_600, FRENCH) == [CancelReply(), StopPlayout(None)]
    (answer,) = call.until(4_200)
    assert isinstance(answer, StartReply)
    assert (answer.turn, answer.cause, answer.text) == (1, Cause.ANSWER, "It broke.")


def test_an_answer_that_is_being_heard_stops() -> None:
    """Nobody has to listen to a language that they have left: what was heard stays true."""
    call = Call().answered()
    call.until(4_500)
    assert call.at(4_600, FRENCH) == [CancelReply(), StopPlayout(None), StartReply(1, Cause.LANGUAGE)]


def test_who_chooses_while_speaking_is_answered_in_it() -> None:
    """Nothing interrupts them."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    assert call.at(2_500, FRENCH) == []
    call.at(3_200, SpeechStopped(ms(3_000)))
    assert causes(call.at(3_240, text(1_800, "Bonjour.", is_final=True)) + call.until(4_000)) == [Cause.ANSWER]


def test_what_was_prepared_in_the_other_language_is_prepared_anew() -> None:
    """A held reply would be spoken by the wrong voice."""
    call = Call(Turns(TurnSettings())).greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(2_900, text(1_800, "My car is broken.", is_final=True))
    orders = call.at(3_090, SpeechPaused(ms(3_000)))
    assert [order.is_held for order in orders if isinstance(order, StartReply)] == [True]
    orders = call.at(3_100, FRENCH)
    assert orders[0] == CancelReply()
    assert [order.is_held for order in orders if isinstance(order, StartReply)] == [True]


def test_two_choices_at_once_are_acknowledged_once() -> None:
    """The second one takes the place of the first, of which nothing was heard yet."""
    call = Call().greeted()
    call.at(2_000, FRENCH)
    orders = call.at(2_010, LanguageChosen("de-DE"))
    assert orders == [CancelReply(), StopPlayout(None), StartReply(0, Cause.LANGUAGE)]
    call.at(2_100, ReplyAudible())
    call.at(2_200, ReplyCompleted())
    assert call.at(4_000, PlayoutDrained()) == []


def test_a_goodbye_is_not_begun_anew() -> None:
    """The last word is said as it is."""
    call = Call().answered()
    call.at(3_650, ReplyCompleted(ends_call=True))
    call.until(4_500)
    assert call.turns.state is State.CLOSING
    assert call.at(4_600, FRENCH) == []
    assert call.at(4_700, HandOverAsked()) == []


# -- a human --------------------------------------------------------------------------


def test_a_human_who_is_asked_for_is_announced_and_takes_over() -> None:
    """As when the caller says so."""
    call = Call().greeted()
    assert call.at(2_000, HandOverAsked()) == [StartReply(1, Cause.HAND_OVER)]
    call.at(2_100, ReplyAudible())
    call.at(2_200, ReplyCompleted(hands_over=True))
    assert call.at(4_000, PlayoutDrained()) == [HandOver()]
    assert call.turns.state is State.AWAY


def test_our_voice_stops_for_it() -> None:
    """A button is never an accident."""
    call = Call().answered()
    call.until(4_500)
    assert call.at(4_600, HandOverAsked()) == [CancelReply(), StopPlayout(None), StartReply(2, Cause.HAND_OVER)]


def test_what_was_asked_before_is_for_the_human() -> None:
    """Words that nobody has answered are not answered first, and are not lost."""
    call = Call().greeted()
    call.says("It broke.", 2_000, 3_000)
    call.until(3_550)
    orders = call.at(3_600, HandOverAsked())
    assert orders == [CancelReply(), StopPlayout(None), StartReply(1, Cause.HAND_OVER, "It broke.")]


def test_who_asks_while_speaking_is_told_when_they_have_finished() -> None:
    """In the place of an answer."""
    call = Call().greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    assert call.at(2_500, HandOverAsked()) == []
    call.at(3_200, SpeechStopped(ms(3_000)))
    orders = call.at(3_240, text(1_800, "Get me somebody.", is_final=True)) + call.until(4_000)
    assert orders == [StartReply(1, Cause.HAND_OVER, "Get me somebody.")]


def test_it_is_announced_again_when_it_was_not_heard() -> None:
    """The caller goes on before a word of it was heard: then it comes after their words."""
    call = Call().greeted()
    call.at(2_000, HandOverAsked())
    assert call.at(2_190, SpeechStarted(ms(2_100))) == [CancelReply(), StopPlayout(ms(2_100))]
    call.at(3_200, SpeechStopped(ms(3_000)))
    orders = call.at(3_240, text(1_900, "Quickly!", is_final=True)) + call.until(4_000)
    assert orders == [StartReply(1, Cause.HAND_OVER, "Quickly!")]


def test_it_waits_for_the_line() -> None:
    """Who asks before sound can flow is greeted first."""
    call = Call()
    assert call.at(0, HandOverAsked()) == []
    assert causes(call.at(10, LineReady())) == [Cause.GREETING]
    call.at(50, ReplyAudible())
    call.at(100, ReplyCompleted())
    assert call.at(1_000, PlayoutDrained()) == [StartReply(1, Cause.HAND_OVER)]

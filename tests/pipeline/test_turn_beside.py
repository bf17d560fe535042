"""What the other side chooses and asks for by hand, as transcripts."""

from collections.abc import Sequence

import pytest

from pipeline.commands import (
    Announcement,
    CancelReply,
    Cause,
    CloseFloor,
    CloseLine,
    Command,
    CorrectTurn,
    HandOver,
    OpenFloor,
    RememberCaller,
    StartReply,
    StopPlayout,
)
from pipeline.errors import IllegalEvent
from pipeline.events import (
    CallerTakenBack,
    DigitPressed,
    EndOrdered,
    GivenBack,
    HandOverAsked,
    LanguageChosen,
    LineLost,
    LineReady,
    MessageReceived,
    PlayoutDrained,
    ReplyAudible,
    ReplyCompleted,
    SpeechPaused,
    SpeechStarted,
    SpeechStopped,
    TakenOver,
    Whispered,
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


def test_a_human_who_was_found_lets_us_finish() -> None:
    """What is being said is said to its end; that somebody is looked for is not said any more."""
    call = Call().answered()
    call.until(4_500)
    assert call.at(4_600, CallerTakenBack(Announcement.HUMAN_SOUGHT)) == []
    assert call.at(4_600, HandOverAsked("Ann", may_wait=True)) == []
    call.at(4_650, ReplyCompleted())
    assert call.at(5_000, PlayoutDrained()) == [StartReply(2, Cause.HAND_OVER)]
    call.at(5_100, ReplyAudible())
    call.at(5_200, ReplyCompleted())
    assert call.at(6_000, PlayoutDrained()) == []


def test_it_waits_for_the_line() -> None:
    """Who asks before sound can flow is greeted first."""
    call = Call()
    assert call.at(0, HandOverAsked()) == []
    assert causes(call.at(10, LineReady())) == [Cause.GREETING]
    call.at(50, ReplyAudible())
    call.at(100, ReplyCompleted())
    assert call.at(1_000, PlayoutDrained()) == [StartReply(1, Cause.HAND_OVER)]


# -- a supervisor ---------------------------------------------------------------------


def taken_over() -> Call:
    """A call whose first answer was cut at 5,000 ms, since when a supervisor speaks with the caller."""
    call = Call().answered()
    call.until(4_500)
    assert call.at(5_000, TakenOver()) == [CancelReply(), StopPlayout(None), OpenFloor()]
    return call


def test_a_whisper_changes_what_is_being_prepared() -> None:
    """A reply that nobody has heard of yet is made anew; one that is being said goes on."""
    call = Call(Turns(TurnSettings())).greeted()
    call.at(2_090, SpeechStarted(ms(2_000)))
    call.at(2_900, text(1_800, "My car is broken.", is_final=True))
    call.at(3_090, SpeechPaused(ms(3_000)))
    assert call.at(3_100, Whispered("Offer a tow truck."))[0] == CancelReply()
    assert Call().answered().at(5_000, Whispered("Offer a tow truck.")) == []


def test_we_are_silent_while_a_supervisor_speaks() -> None:
    """No answer, no nudge, no end, however long it lasts; what the caller says is written down."""
    call = taken_over()
    assert call.says("Who are you?", 7_000, 8_000) == [RememberCaller(2, "Who are you?")]
    assert call.until(300_000) == []
    assert call.says("All right.", 301_000, 302_000) == [RememberCaller(3, "All right.")]
    assert call.turns.state is State.TAKEN_OVER


def test_what_was_not_answered_yet_is_written_down() -> None:
    """The supervisor answers it."""
    call = Call().greeted()
    call.says("It broke.", 2_000, 3_000)
    assert call.at(3_300, TakenOver()) == [OpenFloor(), RememberCaller(1, "It broke.")]
    assert call.until(30_000) == []


def test_an_answer_of_which_nothing_was_heard_is_taken_back() -> None:
    """Its question is written down, once."""
    call = Call().greeted()
    call.says("It broke.", 2_000, 3_000)
    call.until(3_550)
    orders = call.at(3_600, TakenOver())
    assert orders == [CancelReply(), StopPlayout(None), OpenFloor(), RememberCaller(1, "It broke.")]


def test_words_that_come_late_are_written_down_as_they_are_then() -> None:
    """And corrected by a final text that comes later still."""
    call = taken_over()
    call.at(7_090, SpeechStarted(ms(7_000)))
    call.at(7_500, text(6_800, "Who are", is_final=False))
    assert call.at(8_200, SpeechStopped(ms(8_000))) == []
    assert call.until(12_199) == []
    assert call.until(12_200) == [RememberCaller(2, "Who are", is_final=False)]
    assert call.at(13_000, text(6_800, "Who are you?", is_final=True)) == [CorrectTurn(2, "Who are you?")]


def test_keys_are_written_down_too() -> None:
    """They are for the supervisor."""
    call = taken_over()
    assert call.at(7_000, DigitPressed("4")) == []
    assert call.at(7_500, DigitPressed("2")) == []
    assert call.until(9_500) == [RememberCaller(2, "4 2")]


def test_given_back_the_assistant_says_so_and_goes_on() -> None:
    """Silence counts from then on, and what is said is answered."""
    call = taken_over()
    call.says("Who are you?", 7_000, 8_000)
    orders = call.at(20_000, GivenBack())
    assert orders == [CloseFloor(), StartReply(2, Cause.ANNOUNCEMENT, Announcement.HUMAN_LEFT)]
    call.at(20_100, ReplyAudible())
    call.at(20_200, ReplyCompleted())
    assert call.at(22_000, PlayoutDrained()) == []
    call.says("Thank you.", 23_000, 24_000)
    (answer,) = call.until(24_600)
    assert isinstance(answer, StartReply)
    assert (answer.turn, answer.text) == (3, "Thank you.")


def test_who_speaks_when_the_call_is_given_back_is_answered() -> None:
    """Their words are the assistant's: it says that it is back after its answer."""
    call = taken_over()
    call.at(9_090, SpeechStarted(ms(9_000)))
    assert call.at(9_500, GivenBack()) == [CloseFloor()]
    call.at(10_200, SpeechStopped(ms(10_000)))
    orders = call.at(10_240, text(8_800, "What now?", is_final=True)) + call.until(11_000)
    assert [(order.cause, order.text) for order in orders if isinstance(order, StartReply)] == [
        (Cause.ANSWER, "What now?")
    ]


def test_a_goodbye_that_is_taken_over_does_not_end_the_call() -> None:
    """Whoever takes over then wants to keep the caller."""
    call = Call().answered()
    call.at(3_650, ReplyCompleted(ends_call=True))
    call.until(4_500)
    assert call.at(4_600, TakenOver()) == [CancelReply(), StopPlayout(None), OpenFloor()]
    assert call.until(60_000) == []
    call.at(60_100, GivenBack())
    call.at(60_200, ReplyAudible())
    call.at(60_300, ReplyCompleted())
    assert call.at(62_000, PlayoutDrained()) == []
    assert call.turns.state is State.LISTENING


def test_what_is_pressed_and_told_meanwhile_waits_or_is_nothing() -> None:
    """A message is answered afterwards; a human is there already; twice is once."""
    call = taken_over()
    for event in (FRENCH, HandOverAsked(), TakenOver(), Whispered("Be kind."), MessageReceived("AB 12")):
        assert call.at(6_000, event) == []
    orders = call.at(7_000, GivenBack())
    assert causes(orders) == [Cause.ANNOUNCEMENT]
    call.at(7_100, ReplyAudible())
    call.at(7_200, ReplyCompleted())
    assert causes(call.at(9_000, PlayoutDrained())) == [Cause.MESSAGE]
    assert call.at(9_100, GivenBack()) == []


def test_the_end_comes_as_ever() -> None:
    """A caller who hangs up has hung up, whoever they spoke with."""
    assert taken_over().at(9_000, LineLost()) == [CloseLine("caller_hung_up")]
    assert taken_over().at(9_000, EndOrdered("drained")) == [CloseLine("drained")]


def test_what_was_on_its_way_changes_nothing() -> None:
    """The reply that was cut may have told something; what cannot happen is a bug."""
    call = taken_over()
    for event in (ReplyAudible(), ReplyCompleted(ends_call=True), PlayoutDrained()):
        assert call.at(5_010, event) == []
    with pytest.raises(IllegalEvent):
        call.at(5_020, LineReady())


def test_nobody_takes_over_who_is_with_another_human() -> None:
    """The caller is not on this line then."""
    call = Call().greeted()
    call.at(2_000, HandOverAsked())
    call.at(2_100, ReplyAudible())
    call.at(2_200, ReplyCompleted(hands_over=True))
    call.at(4_000, PlayoutDrained())
    assert call.at(5_000, TakenOver()) == []
    assert call.turns.state is State.AWAY

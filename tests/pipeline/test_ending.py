import pytest

from pipeline.ending import Ending, EndingSettings
from pipeline.utterance import Utterance
from vad.end_of_turn import EndOfTurnSettings
from vad.sentence_end import SentenceEnd

MS = 16


def said(text: str, *, end_ms: int = 1_000, is_final: bool = True, known_at_ms: int = 1_000) -> Utterance:
    utterance = Utterance()
    utterance.began(0)
    utterance.paused(end_ms * MS)
    utterance.recognised(0, 0, text, is_final=is_final, now=known_at_ms * MS)
    return utterance


def test_sure_ends_are_answered_soon_and_open_ones_late() -> None:
    """From the words alone."""
    ending = Ending(EndingSettings())
    sure, _ = ending.ends_at(said("Yes, please."))
    open_, _ = ending.ends_at(said("It happened because of the"))
    assert sure <= 1_250 * MS
    assert open_ >= 2_000 * MS


def test_a_score_replaces_the_words_only_where_it_knew_them() -> None:
    """It was asked with "yes"; more was understood since."""
    ending = Ending(EndingSettings())
    ending.paused()
    ending.judged_text = "Yes"
    ending.scored(0.01, ending.judged_text or "")
    assert ending.finished("yes!") == pytest.approx(0.01)
    assert ending.finished("Yes, thank you.") > 0.5
    ending.paused()
    assert ending.finished("yes") > 0.5


def test_a_later_score_does_not_replace_the_earlier_ones() -> None:
    """A model that was taught with short silences takes a long one for an end: all it said of this pause counts."""
    ending = Ending(EndingSettings())
    ending.paused()
    for finished in (0.1, 0.5, 0.9):
        ending.scored(finished, "in the city")
    assert ending.finished("In the city") == pytest.approx(0.5)
    ending.scored(0.9, "in the city of Houston")
    assert ending.finished("in the city of Houston") == pytest.approx(0.9)


def test_an_opener_wants_more_silence_than_an_end_where_there_is_doubt() -> None:
    """It cannot be taken back. After a sure end it comes at once."""
    ending = Ending(EndingSettings())
    sure, unsure = said("I want to cancel my contract, thank you."), said("The red car")
    assert ending.opens_at(sure) <= 1_300 * MS
    assert ending.opens_at(unsure) > ending.ends_at(unsure)[0] + 100 * MS
    assert ending.opens_at(said("Hello.")) == 1_480 * MS


def test_words_that_may_change_are_waited_for_as_long_as_this_recogniser_takes() -> None:
    """300 ms until that is known; then what was seen, up at once and down slowly."""
    ending = Ending(EndingSettings(wait=EndOfTurnSettings(floor_ms=0, longest_ms=0)))
    partial = said("Yes, please.", is_final=False)
    assert ending.ends_at(partial) == (1_000 * MS, 1_300 * MS)
    ending.text_was_late(said("Yes, please.", known_at_ms=1_500))
    assert ending.ends_at(partial)[1] == (1_000 + 605) * MS
    ending.text_was_late(said("Yes, please.", known_at_ms=1_100))
    lag_ms = ending.ends_at(partial)[1] / MS - 1_000
    assert 500 < lag_ms < 605


def test_words_that_account_for_the_whole_voice_are_settled() -> None:
    """Though the service does not call them final."""
    ending = Ending(EndingSettings(wait=EndOfTurnSettings(floor_ms=0, longest_ms=0)))
    utterance = Utterance()
    utterance.began(0)
    utterance.recognised(0, 2_000 * MS, "Yes, please.", is_final=False, now=0)
    utterance.paused(1_000 * MS)
    assert ending.ends_at(utterance) == (1_000 * MS, 1_000 * MS)


def test_a_caller_who_pauses_long_is_given_time() -> None:
    """Pauses of 900 ms within turns lengthen the wait for words that could be an end."""
    patient, usual = Ending(EndingSettings()), Ending(EndingSettings())
    for _ in range(6):
        patient.went_on(900 * MS)
    text = said("I live in the city")
    assert patient.ends_at(text)[0] > usual.ends_at(text)[0]


def test_partial_words_have_to_be_a_sentence_to_be_prepared_for() -> None:
    """Final ones only have to be possible."""
    ending = Ending(EndingSettings())
    assert ending.may_be_over(said("Yes, please.", is_final=False), 0.35)
    assert not ending.may_be_over(said("It happened because of the"), 0.35)


def test_words_that_stop_long_before_the_voice_are_waited_for() -> None:
    """The recogniser is behind: four seconds, or until its text has reached the end."""
    ending = Ending(EndingSettings(wait=EndOfTurnSettings(floor_ms=0, longest_ms=0)))
    utterance = Utterance()
    utterance.began(0)
    utterance.recognised(0, 600 * MS, "In the city", is_final=False, now=0)
    utterance.paused(1_000 * MS)
    assert ending.ends_at(utterance)[1] == 5_000 * MS
    utterance.recognised(0, 800 * MS, "In the city of Houston", is_final=False, now=0)
    assert ending.ends_at(utterance)[1] == 1_300 * MS


def test_one_word_is_often_the_first_of_more() -> None:
    """It is waited after for 320 ms, however sure it sounds."""
    ending = Ending(EndingSettings())
    assert ending.ends_at(said("Yes."))[0] == 1_320 * MS
    assert ending.ends_at(said("Yes, please."))[0] < 1_300 * MS


def test_nothing_is_prepared_for_words_that_stop_long_before_the_voice() -> None:
    """Each further word would throw it away, and there are only two preparations a turn."""
    ending = Ending(EndingSettings())
    utterance = Utterance()
    utterance.began(0)
    utterance.recognised(0, 600 * MS, "Yes, please.", is_final=False, now=0)
    utterance.paused(1_000 * MS)
    assert not ending.may_be_over(utterance, 0.35)
    utterance.recognised(0, 950 * MS, "Yes, please.", is_final=False, now=0)
    assert ending.may_be_over(utterance, 0.35)


def test_words_are_judged_in_the_language_that_is_spoken() -> None:
    """Once it is known; words that ours would take for half a sentence say nothing then."""
    ending = Ending(EndingSettings(words=SentenceEnd("en")))
    assert ending.finished("minun nimeni on") == pytest.approx(0.2)
    ending.language = "fi-FI"
    assert ending.finished("minun nimeni on") == 0.5

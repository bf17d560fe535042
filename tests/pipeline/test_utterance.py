from pipeline.utterance import Utterance

RATE = 16_000


def test_stretches_are_joined_in_order_whenever_their_texts_come() -> None:
    """The second text may be final before the first."""
    said = Utterance()
    said.began(5_000)
    said.paused(20_000)
    said.began(30_000)
    said.paused(40_000)
    said.recognised(27_000, 0, "and hungry.", is_final=True, now=0)
    assert not said.is_whole
    said.recognised(1_000, 0, "I am", is_final=False, now=0)
    said.recognised(1_000, 0, "I am tired", is_final=True, now=0)
    assert said.is_whole
    assert said.text == "I am tired and hungry."
    assert said.last_voiced_sample == 40_000


def test_a_final_text_is_final() -> None:
    """A partial that comes late changes nothing."""
    said = Utterance()
    said.began(100)
    said.recognised(0, 0, "Yes.", is_final=True, now=0)
    said.recognised(0, 0, "Yes but", is_final=False, now=0)
    assert said.text == "Yes."


def test_a_text_of_the_turn_before_is_ignored() -> None:
    """Its stretch is gone; the new one begins after it."""
    said = Utterance()
    said.recognised(0, 0, "old", is_final=True, now=0)
    assert said.is_empty
    assert said.text == ""


def test_the_rest_is_what_is_still_being_said() -> None:
    """A stretch without an end belongs to the next turn."""
    said = Utterance()
    said.began(0)
    said.paused(10)
    said.began(20)
    rest = said.rest()
    rest.recognised(15, 0, "next", is_final=True, now=0)
    assert rest.text == "next"


def test_keys_are_words_and_the_hash_is_none() -> None:
    """Digits are spoken apart, as the caller would say them."""
    said = Utterance()
    for digit in "42#":
        said.digit(digit, 7)
    assert said.text == "4 2"
    assert not said.is_empty


def test_a_lost_recogniser_leaves_what_there_is() -> None:
    """The partial text has to do; a stretch that goes on is still waited for."""
    said = Utterance()
    said.began(0)
    said.recognised(0, 0, "my name", is_final=False, now=0)
    said.recognition_lost()
    assert not said.is_whole
    said.paused(50)
    said.recognition_lost()
    assert said.is_whole
    assert said.text == "my name"


def test_a_cough_is_not_worth_a_question() -> None:
    """Half a second of sound may have been words; less was none."""
    said = Utterance()
    said.began(0)
    said.paused(7_999)
    assert not said.is_worth_asking_again(RATE)
    said.began(10_000)
    said.paused(18_000)
    assert said.is_worth_asking_again(RATE)


def test_how_late_it_ended_is_known() -> None:
    """An answer over our last words is told from one long before."""
    said = Utterance()
    assert not said.ended_after(0)
    said.began(0)
    said.paused(100)
    assert said.ended_after(100)
    assert not said.ended_after(101)


def test_a_text_that_reaches_the_end_of_the_voice_accounts_for_it() -> None:
    """Though it is not final; one that stops short does not."""
    said = Utterance()
    said.began(0)
    said.recognised(0, 900, "hello", is_final=False, now=0)
    assert not said.is_accounted_for(0)
    said.paused(1_000)
    assert not said.is_accounted_for(99)
    assert said.is_accounted_for(100)
    said.recognised(0, 1_100, "hello you", is_final=False, now=5)
    assert said.is_accounted_for(0)
    assert not said.is_whole
    said.resumed()
    assert not said.is_accounted_for(1_000)


def test_when_the_words_last_changed_is_known() -> None:
    """Punctuation is no word."""
    said = Utterance()
    said.began(0)
    said.recognised(0, 0, "hello", is_final=False, now=10)
    said.recognised(0, 0, "Hello.", is_final=False, now=20)
    assert said.text_changed_at == 10
    said.recognised(0, 0, "Hello you.", is_final=True, now=30)
    assert said.text_changed_at == 30


def test_a_stranger_is_told_from_ones_own() -> None:
    """A text of another turn belongs nowhere here."""
    said = Utterance()
    said.began(100)
    assert not said.recognised(200, 0, "later", is_final=True, now=0)
    assert said.recognised(0, 0, "now", is_final=True, now=0)

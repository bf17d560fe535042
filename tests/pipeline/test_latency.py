import pytest

from pipeline.latency import AnswerTimer


def test_the_stages_add_up_to_the_whole() -> None:
    """500 to decide, 40 for the text, 300 for the words, 110 for the sound."""
    timer = AnswerTimer(voice_ended_at=10.0, turn_ended_at=10.5, text_ready_at=10.54)
    timer.words_ready(10.84)
    timer.words_ready(11.5)
    latency = timer.audible(10.95)
    stages = (latency.end_of_turn_ms, latency.recognition_ms, latency.first_words_ms, latency.first_sound_ms)
    assert stages == pytest.approx((500, 40, 300, 110))
    assert latency.answer_ms == pytest.approx(950)


def test_a_reply_without_words_of_its_own_has_no_sound_stage() -> None:
    """Nothing is invented for a moment that was not seen."""
    latency = AnswerTimer(voice_ended_at=1.0, turn_ended_at=1.5, text_ready_at=1.5).audible(1.6)
    assert latency.first_words_ms == pytest.approx(100)
    assert latency.first_sound_ms == 0

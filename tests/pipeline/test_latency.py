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


def test_where_the_voice_ended_is_known_better_afterwards() -> None:
    """Later than was thought, or earlier: a pause is noticed before it is known to be the end."""
    for ended_at, latency_ms in ((10.1, 850), (9.9, 1_050)):
        timer = AnswerTimer(voice_ended_at=10.0, turn_ended_at=10.5, text_ready_at=10.54)
        assert timer.voice_ended(ended_at)
        assert timer.audible(10.95).answer_ms == pytest.approx(latency_ms)


def test_what_is_said_over_our_voice_is_not_what_we_answer() -> None:
    """A listener's word after our first sound, of an opener or of the answer, moves nothing."""
    for is_opener in (True, False):
        timer = AnswerTimer(voice_ended_at=10.0, turn_ended_at=10.2, text_ready_at=10.2)
        (timer.opened if is_opener else timer.sounded)(10.3)
        timer.sounded(10.6)
        assert not timer.voice_ended(10.5)
        assert timer.voice_ended(10.05)
        latency = timer.audible(10.6 if is_opener else 10.3)
        assert latency.answer_ms == pytest.approx(250)

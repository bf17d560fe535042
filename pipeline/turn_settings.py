"""How turn-taking behaves: its states and its times."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.ending import EndingSettings


class State(StrEnum):
    """Whose turn it is."""

    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    CLOSING = "closing"
    AWAY = "away"
    TAKEN_OVER = "taken_over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSettings:
    """How long to wait for what. Names are the reference's feature flags, where it has them."""

    ending: EndingSettings = field(default_factory=EndingSettings)
    judge_after_ms: int = 120
    """The end-of-turn model is asked when a pause has lasted for so long…"""
    judge_every_ms: int = 150
    """…again and again…"""
    judge_until_ms: int = 700
    """…and until when."""
    likely_voice_ms: int = 100
    """So long after the first sign of a voice it is known whether it is one."""
    speculation_max_per_turn: int = 2
    """Replies that are prepared before the turn has ended; 0 prepares none."""
    speculation_threshold: float = 0.35
    """Prepare when the caller has finished with at least this probability."""
    vad_cutoff_timeout_ms: int = 225
    """Speech over our voice that silences us, from its onset."""
    barge_in_sure_ms: int = 700
    """Speech over our voice that is no false alarm…"""
    barge_in_words_ms: int = 1_200
    """…and this where all that was understood of it is a listener's word."""
    merge_ms: int = 500
    """An interruption so soon after our first sound means that the caller had not finished."""
    early_answer_ms: int = 1_000
    """A short word over our last second answers it; one before that was talked through."""
    answer_soft_timeout_ms: int = 1_800
    """Silence for longer than this, since the caller's voice or our last word, is filled: the answer is coming."""
    filler_after_ms: int = 200
    """An answer is waited for at least so long, however long the silence before it was."""
    answer_hard_timeout_ms: int = 15_000
    """Thinking for longer than this is given up with an apology."""
    phone_silence_timeout_ms: int = 20_000
    """Nobody speaks: the caller is asked whether they are still there."""
    silence_prompts_max: int = 3
    """…so often, and then the call is ended."""
    dtmf_timeout_ms: int = 2_000
    """No further key: the keys so far are what the caller wanted to say."""
    sample_rate_hz: int = 16_000

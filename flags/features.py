"""The flags by name, with what holds where nobody says anything.

Names are those of call-center-ai, where it has them; 0 means 0. The section ``features`` of
the configuration, and what live sources change.
"""

from pydantic import BaseModel, ConfigDict, Field


class Features(BaseModel):
    """How the conversation behaves. Each stands alone, and has a default. See docs/flags.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_hard_timeout_sec: float = Field(default=15, ge=0, le=3_600)
    """Thinking for longer than this is given up with an apology; 0: never."""
    answer_soft_timeout_sec: float = Field(default=1.8, ge=0, le=3_600)
    """Silence after which the caller is told that the answer is coming; again after each such word; 0: never."""
    end_of_turn_floor_ms: int = Field(default=200, ge=0, le=60_000)
    """Silence after which a caller who has surely finished is answered."""
    end_of_turn_longest_ms: int = Field(default=1_800, ge=0, le=60_000)
    """Silence after which even a caller who has surely not finished is."""
    callback_timeout_hour: float = Field(default=3, ge=0, le=8_784)
    """Who calls again within this time goes on where the last call stopped; 0: never."""
    echo_cancellation: bool = True
    """Remove our own voice from what comes back; costs nothing on lines without echo."""
    end_of_turn_model: bool = True
    """Listen for the end of a turn with a model; without it, the words alone tell."""
    openers_enabled: bool = True
    """Say a short word at once when the answer takes a moment."""
    slow_llm_for_chat: bool = False
    """Ask ``llm.slow`` before ``llm.fast``."""
    speculation_max_per_turn: int = Field(default=2, ge=0, le=10)
    """Replies prepared before the caller has finished; 0 prepares none."""
    phone_silence_timeout_sec: float = Field(default=20, ge=0, le=3_600)
    """Silence of both sides after which the caller is asked whether they are there; 0: never."""
    recognition_retry_max: int = Field(default=3, ge=0, le=100)
    """How often the script asks for a value that it does not understand, before it goes on without."""
    recognition_stt_complete_timeout_ms: int = Field(default=1_000, ge=0, le=10_000)
    """Longest wait, from the end of the voice, for words that may still change. How long it really is
    waited, is learned of each call's recogniser."""
    vad_cutoff_timeout_ms: int = Field(default=225, ge=0, le=60_000)
    """Speech over our voice that silences us, from its onset."""
    vad_silence_timeout_ms: int = Field(default=500, ge=0, le=60_000)
    """Silence that ends a turn when nobody can tell whether the caller has finished."""
    vad_threshold: float = Field(default=0.5, ge=0.1, le=0.95)
    """How sure the detector must be that somebody speaks."""
    recording_enabled: bool = False

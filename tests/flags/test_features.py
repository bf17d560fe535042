"""The flags themselves."""

import pytest
from pydantic import ValidationError

from flags.features import Features

REFERENCE = {
    "answer_hard_timeout_sec": 15,
    "answer_soft_timeout_sec": 4,
    "callback_timeout_hour": 3,
    "phone_silence_timeout_sec": 20,
    "recognition_retry_max": 3,
    "recognition_stt_complete_timeout_ms": 100,
    "recording_enabled": False,
    "slow_llm_for_chat": False,
    "vad_cutoff_timeout_ms": 250,
    "vad_silence_timeout_ms": 500,
    "vad_threshold": 0.5,
}
"""The names and defaults that call-center-ai's README states."""


def test_the_reference_s_names_are_all_there() -> None:
    """Each default is its README's, or one of the differences that docs/flags.md explains."""
    ours = Features().model_dump()
    different = {name for name, value in REFERENCE.items() if ours[name] != value}
    assert different == {"answer_soft_timeout_sec", "recognition_stt_complete_timeout_ms", "vad_cutoff_timeout_ms"}


@pytest.mark.parametrize("name", [name for name in REFERENCE if name != "vad_threshold"])
def test_zero_is_a_value(name: str) -> None:
    """0 is never taken for "not set"."""
    assert getattr(Features.model_validate({name: 0}), name) == 0


def test_what_no_call_could_bear_is_refused() -> None:
    """Every number has a limit that the arithmetic of samples and times holds."""
    for name, field in Features.model_fields.items():
        if field.annotation is not bool:
            for value in (1e300, float("inf"), float("nan"), -1):
                with pytest.raises(ValidationError):
                    Features.model_validate({name: value})

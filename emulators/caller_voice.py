"""The voice that callers have when no recording is given: another one than the assistant's."""

from providers.piper import PiperTextToSpeech
from providers.piper_model import VoiceSettings

PITCH = 1.15
"""Raises the pitch of the only voice there is by more than two semitones; the speed stays."""


def caller_voice(*, threads: int = 1) -> PiperTextToSpeech:
    """A voice that says the same text with the same samples every time. To be closed."""
    return PiperTextToSpeech(
        sample_rate_hz=16_000,
        pitch=PITCH,
        voice=VoiceSettings(length_scale=PITCH, noise_scale=0.0, noise_w=0.0),
        threads=threads,
    )

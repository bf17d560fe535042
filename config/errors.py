"""What can go wrong with the configuration."""

from providers.speech_settings import AzureSpeechConfig as AzureSpeechConfig
from providers.speech_settings import SpeechConfig as SpeechConfig


class ConfigError(Exception):
    """The configuration cannot be used; the message says what to change, key by key."""

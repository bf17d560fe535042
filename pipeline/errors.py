"""What can go wrong between speech and speech.

    PipelineError
    ├── RecognitionError   the speech-to-text service failed
    ├── SynthesisError     the text-to-speech service failed
    └── IllegalEvent       our bug: the turn machine was told what cannot happen

A reply that fails has its own error, ``agent.errors.AssistantError``.
"""


class PipelineError(Exception):
    """Base of all errors of this package."""


class RecognitionError(PipelineError):
    """The speech-to-text service failed and will not come back by itself."""


class SynthesisError(PipelineError):
    """The text-to-speech service failed on this request."""


class IllegalEvent(PipelineError):
    """An event that cannot happen in the state that the turn machine is in."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} cannot happen while {state}")
        self.state = state
        self.event = event

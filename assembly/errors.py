"""Why the parts cannot be put together, for whoever starts the server.

AssemblyError
├── CannotTalk       what was asked for on the command line does not go
└── SpeechNotReady   what hears or speaks cannot be used as it is configured
"""

from pipeline.errors import PipelineError, RecognitionError
from providers.errors import SpeechServiceFailed


class AssemblyError(Exception):
    """Base of all errors of this package."""


class CannotTalk(AssemblyError):
    """No conversation can be held so; the message says what to change."""


class SpeechNotReady(AssemblyError):
    """What hears or speaks failed when it was tried; the message says what to fix."""

    def __init__(self, error: PipelineError) -> None:
        part = "speech recognition" if isinstance(error, RecognitionError) else "the voice"
        super().__init__(f"{part} cannot be used: {error}{_remedy(error.__cause__)}")


def _remedy(cause: BaseException | None) -> str:
    match cause:
        case SpeechServiceFailed(code="AuthenticationFailure" | "Forbidden"):
            return (
                ". Check speech.azure.key (environment: SPEECH__AZURE__KEY), "
                "and that it belongs to the resource of speech.azure.region, endpoint or host"
            )
        case SpeechServiceFailed(code="BadRequest" | "InvalidSettings"):
            return ". Check speech.azure.languages, voice and voice_language, and the ids of custom models and voices"
        case SpeechServiceFailed():
            return ". Check speech.azure.region, endpoint or host, and that this machine can reach the service"
        case _:
            return ""

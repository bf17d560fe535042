"""The bodies that Call Automation takes, read strictly.

An unknown or missing field is refused with the reason, where the service might be
lenient: a server under test shall learn of its typing errors. The fields are those
of the REST specification (api-version 2026-03-12) and of the Python SDK 1.6.0.
"""

from typing import Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from emulators.errors import RequestRefused

PCM_RATES_HZ = {"pcm16KMono": 16_000, "pcm24KMono": 24_000}

Body = TypeVar("Body", bound=msgspec.Struct)


class MediaStreamingOptions(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """How the audio of a call is to be streamed."""

    transport_url: str
    transport_type: Literal["websocket"]
    content_type: Literal["audio"]
    audio_channel_type: Literal["mixed", "unmixed"]
    start_media_streaming: bool | None = None
    enable_bidirectional: bool | None = None
    audio_format: Literal["pcm16KMono", "pcm24KMono"] | None = None
    """None is 16 kHz."""
    enable_dtmf_tones: bool | None = None

    @property
    def sample_rate_hz(self) -> int:
        """The rate of the audio, both ways."""
        return PCM_RATES_HZ[self.audio_format or "pcm16KMono"]


class TranscriptionOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """How the service is to transcribe; taken, and not acted upon."""

    transport_url: str
    transport_type: Literal["websocket"]
    locale: str
    start_transcription: bool
    enable_intermediate_results: bool | None = None
    speech_recognition_model_endpoint_id: str | None = None


class CallIntelligenceOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Which speech service plays and recognises; taken, and not acted upon."""

    cognitive_services_endpoint: str | None = None


class CommunicationUser(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A user of the ACS resource."""

    id: str


class AnswerRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The body of ``:answer``."""

    incoming_call_context: str
    callback_uri: str
    operation_context: str | None = None
    call_intelligence_options: CallIntelligenceOptions | None = None
    answered_by: CommunicationUser | None = None
    media_streaming_options: MediaStreamingOptions | None = None
    transcription_options: TranscriptionOptions | None = None


def read_answer(body: bytes) -> AnswerRequest:
    """Read and check the body of ``:answer``.

    Raises:
        RequestRefused: 400, with the reason and the place.
    """
    request = read_body(body, AnswerRequest)
    if not request.incoming_call_context:
        raise bad_request("incomingCallContext: is empty")
    check_url(request.callback_uri, ("https", "http"), "callbackUri")
    check_streams(request.media_streaming_options, request.transcription_options)
    return request


def check_streams(media: MediaStreamingOptions | None, transcription: TranscriptionOptions | None) -> None:
    """Refuse transport URLs that no WebSocket has.

    Raises:
        RequestRefused: 400.
    """
    if media is not None:
        check_url(media.transport_url, ("wss", "ws"), "mediaStreamingOptions.transportUrl")
    if transcription is not None:
        check_url(transcription.transport_url, ("wss", "ws"), "transcriptionOptions.transportUrl")


def read_body(body: bytes, kind: type[Body]) -> Body:
    """Decode a JSON body into its type.

    Raises:
        RequestRefused: 400, with what is wrong and where.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise bad_request(str(error)) from error


def check_url(url: str, schemes: tuple[str, ...], where: str) -> None:
    """Refuse what is not an absolute URL of one of these schemes.

    Raises:
        RequestRefused: 400.
    """
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise bad_request(f"{where}: must be an absolute URL ({' or '.join(schemes)})")


def bad_request(message: str) -> RequestRefused:
    """The error of a body that cannot be taken."""
    return RequestRefused(400, "BadRequest", message)

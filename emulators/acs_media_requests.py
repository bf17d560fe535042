"""The bodies of the operations on the media of a call and on recordings, read strictly.

Fields as in the REST specification (api-version 2026-03-12) and the Python SDK
1.6.0. ``read_…`` raise ``RequestRefused`` with the place and the reason.
"""

from typing import Literal

import msgspec

from emulators.acs_call_requests import Identifier, check_identifier, check_operation_callback
from emulators.acs_requests import bad_request, check_url, read_body

TONES = {
    **dict(
        zip("0123456789", ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), strict=True)
    ),
    **{letter: letter.lower() for letter in "ABCD"},
    "#": "pound",
    "*": "asterisk",
}
"""The service's name of every key of a telephone."""
KEYS = {name: key for key, name in TONES.items()}
"""The key of every name."""


class _Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What all bodies share: camelCase names, and no others."""


class FileSource(_Body, frozen=True, kw_only=True):
    """Sound at a URL."""

    uri: str


class TextSource(_Body, frozen=True, kw_only=True):
    """A text to speak."""

    text: str
    source_locale: str | None = None
    voice_kind: Literal["male", "female"] | None = None
    voice_name: str | None = None
    custom_voice_endpoint_id: str | None = None


class SsmlSource(_Body, frozen=True, kw_only=True):
    """SSML to speak."""

    ssml_text: str
    custom_voice_endpoint_id: str | None = None


class PlaySource(_Body, frozen=True, kw_only=True):
    """One thing to play."""

    kind: Literal["file", "text", "ssml"]
    play_source_cache_id: str | None = None
    file: FileSource | None = None
    text: TextSource | None = None
    ssml: SsmlSource | None = None

    @property
    def words(self) -> str:
        """What is spoken; empty for a file."""
        if self.text is not None:
            return self.text.text
        return self.ssml.ssml_text if self.ssml else ""


class PlayOptions(_Body, frozen=True, kw_only=True):
    """Whether to play for ever."""

    loop: bool


class PlayRequest(_Body, frozen=True, kw_only=True, eq=False):
    """The body of ``:play``; each is another play, however alike."""

    play_sources: list[PlaySource]
    play_to: list[Identifier] | None = None
    """Empty for everybody."""
    interrupt_call_media_operation: bool | None = None
    play_options: PlayOptions | None = None
    operation_context: str | None = None
    operation_callback_uri: str | None = None


class OperationRequest(_Body, frozen=True, kw_only=True):
    """A body with nothing of its own, as that of ``:startMediaStreaming``."""

    operation_context: str | None = None
    operation_callback_uri: str | None = None


class TargetRequest(_Body, frozen=True, kw_only=True):
    """A body that names one participant, as those of continuous DTMF and ``:unhold``."""

    target_participant: Identifier
    operation_context: str | None = None
    operation_callback_uri: str | None = None


class HoldRequest(_Body, frozen=True, kw_only=True):
    """The body of ``:hold``."""

    target_participant: Identifier
    play_source_info: PlaySource | None = None
    operation_context: str | None = None
    operation_callback_uri: str | None = None


class SendTonesRequest(_Body, frozen=True, kw_only=True):
    """The body of ``:sendDtmfTones``."""

    tones: list[str]
    target_participant: Identifier
    operation_context: str | None = None
    operation_callback_uri: str | None = None


class CallLocator(_Body, frozen=True, kw_only=True):
    """Which call, by its server call id."""

    kind: Literal["serverCallLocator"]
    server_call_id: str


class ChannelAffinity(_Body, frozen=True, kw_only=True):
    """Who is to be on which channel."""

    participant: Identifier
    channel: int | None = None


class ExternalStorage(_Body, frozen=True, kw_only=True):
    """Where the recording is to go; taken, and not acted upon."""

    recording_storage_kind: Literal["azureCommunicationServices", "azureBlobStorage"]
    recording_destination_container_url: str | None = None


class StartRecordingRequest(_Body, frozen=True, kw_only=True):
    """The body of a new recording."""

    call_locator: CallLocator | None = None
    call_connection_id: str | None = None
    recording_state_callback_uri: str | None = None
    recording_content_type: Literal["audio", "audioVideo"] | None = None
    recording_channel_type: Literal["mixed", "unmixed"] | None = None
    recording_format_type: Literal["wav", "mp3", "mp4"] | None = None
    audio_channel_participant_ordering: list[Identifier] | None = None
    channel_affinity: list[ChannelAffinity] | None = None
    pause_on_start: bool | None = None
    external_storage: ExternalStorage | None = None


def read_play(body: bytes) -> PlayRequest:
    """Read the body of ``:play``."""
    request = read_body(body, PlayRequest)
    if not request.play_sources:
        raise bad_request("playSources: is empty")
    for index, source in enumerate(request.play_sources):
        check_source(source, f"playSources[{index}]")
    for index, target in enumerate(request.play_to or ()):
        check_identifier(target, f"playTo[{index}]")
    check_operation_callback(request.operation_callback_uri)
    return request


def read_target(body: bytes) -> TargetRequest:
    """Read a body that names one participant."""
    request = read_body(body, TargetRequest)
    check_identifier(request.target_participant, "targetParticipant")
    check_operation_callback(request.operation_callback_uri)
    return request


def read_hold(body: bytes) -> HoldRequest:
    """Read the body of ``:hold``."""
    request = read_body(body, HoldRequest)
    check_identifier(request.target_participant, "targetParticipant")
    if request.play_source_info is not None:
        check_source(request.play_source_info, "playSourceInfo")
    check_operation_callback(request.operation_callback_uri)
    return request


def read_tones(body: bytes) -> SendTonesRequest:
    """Read the body of ``:sendDtmfTones``."""
    request = read_body(body, SendTonesRequest)
    check_identifier(request.target_participant, "targetParticipant")
    wrong = [tone for tone in request.tones if tone not in KEYS]
    if wrong or not request.tones:
        raise bad_request(f"tones: {wrong[0]!r} is no tone" if wrong else "tones: is empty")
    check_operation_callback(request.operation_callback_uri)
    return request


def read_operation(body: bytes) -> OperationRequest:
    """Read a body with nothing of its own."""
    request = read_body(body, OperationRequest)
    check_operation_callback(request.operation_callback_uri)
    return request


def read_start_recording(body: bytes) -> StartRecordingRequest:
    """Read the body of a new recording: of the sound, as the emulator writes WAV only."""
    request = read_body(body, StartRecordingRequest)
    if (request.call_locator is None) == (request.call_connection_id is None):
        raise bad_request("names one of callLocator and callConnectionId")
    if request.recording_state_callback_uri is not None:
        check_url(request.recording_state_callback_uri, ("https", "http"), "recordingStateCallbackUri")
    # The service's defaults are mp4 and audioVideo: a server that wants sound has to say so.
    if request.recording_content_type != "audio" or request.recording_format_type != "wav":
        raise bad_request("recordingContentType, recordingFormatType: this emulator records audio as wav only")
    if request.recording_channel_type == "mixed" and request.channel_affinity:
        raise bad_request("channelAffinity: goes with unmixed")
    return request


def check_source(source: PlaySource, where: str) -> None:
    """Refuse a source that is not what its kind says."""
    given = [name for name in ("file", "text", "ssml") if getattr(source, name) is not None]
    if given != [source.kind]:
        raise bad_request(f"{where}: kind is {source.kind}, given is {', '.join(given) or 'nothing'}")
    if source.file is not None:
        check_url(source.file.uri, ("https", "http"), f"{where}.file.uri")

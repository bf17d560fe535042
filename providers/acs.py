"""Azure Communication Services Call Automation, as call control needs it.

Satisfies ``calls.ports.CallControl`` with Microsoft's own client.
"""

import base64
import binascii
import logging
import unicodedata
from typing import Literal, Self
from urllib.parse import urlsplit

from azure.communication.callautomation import (
    AudioFormat,
    CallConnectionProperties,
    CommunicationIdentifier,
    CommunicationUserIdentifier,
    FileSource,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    PhoneNumberIdentifier,
    RecordingChannel,
    RecordingContent,
    RecordingFormat,
    StreamingTransportType,
    UnknownIdentifier,
)
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.policies import HttpLoggingPolicy

from calls.errors import CallControlError, CallGone
from calls.ports import AnsweredCall, RejectReason, TransferTarget

_LONGEST_HEADER = 128
_NO_SUCH_CALL = "00000000-0000-0000-0000-000000000000"


class AcsCallControl:
    """One resource of Azure Communication Services.

    Args:
        endpoint: https URL of the resource; http reaches an emulator. Without a scheme,
            https is meant. A path is refused: requests would be signed for another host.
        access_key: A key of the resource, base64. Empty: ``credential`` signs instead.
        credential: Of Azure identity, closed by whoever made it; https endpoints alone.
        audio_channel: unmixed tells the participants apart; mixed is one stream of all.
        sample_rate_hz: Of the media stream, both ways: 16000 or 24000.
        streams_dtmf: Whether keys come over the media stream, too; without, see ``start_continuous_dtmf``.
        retries: How often a request is sent again that was throttled or not delivered.
        connect_timeout_s: To reach the service, each time.
        read_timeout_s: Between two pieces of its response, each time.

    Raises:
        CallControlError: The endpoint, the key or the rate cannot be one.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        *,
        credential: AsyncTokenCredential | None = None,
        audio_channel: Literal["unmixed", "mixed"] = "unmixed",
        sample_rate_hz: int = 16_000,
        streams_dtmf: bool = True,
        retries: int = 2,
        connect_timeout_s: float = 5.0,
        read_timeout_s: float = 10.0,
    ) -> None:
        self._audio_channel = MediaStreamingAudioChannelType(audio_channel)
        self._audio_format = _format_of(sample_rate_hz)
        self._streams_dtmf = streams_dtmf
        self._client = CallAutomationClient(
            checked_endpoint(endpoint),
            credential if credential is not None and not access_key else AzureKeyCredential(checked_key(access_key)),
            retry_total=retries,
            retry_backoff_factor=0.1,
            connection_timeout=connect_timeout_s,
            read_timeout=read_timeout_s,
            # Azure logs every request and its headers at INFO: this logger, which no one
            # has registered, keeps that out of our log without touching its settings.
            http_logging_policy=HttpLoggingPolicy(logger=logging.Logger("azure", level=logging.CRITICAL)),
        )

    @classmethod
    def from_connection_string(
        cls, connection_string: str, *, audio_channel: Literal["unmixed", "mixed"] = "unmixed"
    ) -> Self:
        """Take "endpoint=…;accesskey=…" apart here, because Azure's client forgets the scheme.

        Raises:
            CallControlError: A part is missing or cannot be one.
        """
        parts = (part.partition("=") for part in connection_string.split(";"))
        values = {name.strip().casefold(): value.strip() for name, _, value in parts}
        for name in ("endpoint", "accesskey"):
            if not values.get(name):
                raise CallControlError(f"the connection string has no {name}")
        return cls(values["endpoint"], values["accesskey"], audio_channel=audio_channel)

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """See ``calls.ports.CallControl.answer``."""
        try:
            properties = await self._client.answer_call(
                incoming_call_context,
                callback_url,
                operation_context=operation_context,
                media_streaming=self._streaming(media_url),
            )
        except AzureError as error:
            raise _ours(error) from error
        return _answered(properties)

    async def reject(self, *, incoming_call_context: str, reason: RejectReason) -> None:
        """See ``calls.ports.CallControl.reject``."""
        try:
            await self._client.reject_call(incoming_call_context, call_reject_reason=reason.value)
        except AzureError as error:
            _raise_unless_gone(error)

    async def place(
        self, *, to_number: str, from_number: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """See ``calls.ports.CallControl.place``."""
        try:
            properties = await self._client.create_call(
                PhoneNumberIdentifier(to_number),
                callback_url,
                source_caller_id_number=PhoneNumberIdentifier(from_number),
                operation_context=operation_context,
                media_streaming=self._streaming(media_url),
            )
        except AzureError as error:
            raise _ours(error) from error
        return _answered(properties)

    async def transfer(self, call_connection_id: str, target: TransferTarget, *, operation_context: str) -> None:
        """See ``calls.ports.CallControl.transfer``. The context travels as SIP headers ``X-MS-Custom-<name>``."""
        try:
            await self._client.get_call_connection(call_connection_id).transfer_call_to_participant(
                PhoneNumberIdentifier(target.number),
                operation_context=operation_context,
                sip_headers=_headers(target) or None,
            )
        except AzureError as error:
            raise _ours(error) from error

    async def invite(
        self, call_connection_id: str, target: TransferTarget, *, from_number: str, operation_context: str
    ) -> None:
        """See ``calls.ports.CallControl.invite``. The context travels as in ``transfer``."""
        try:
            await self._client.get_call_connection(call_connection_id).add_participant(
                PhoneNumberIdentifier(target.number),
                source_caller_id_number=PhoneNumberIdentifier(from_number),
                operation_context=operation_context,
                sip_headers=_headers(target) or None,
            )
        except AzureError as error:
            raise _ours(error) from error

    async def start_recording(self, call_connection_id: str, *, state_callback_url: str) -> str:
        """See ``calls.ports.CallControl.start_recording``."""
        try:
            started = await self._client.start_recording(
                call_connection_id=call_connection_id,
                recording_state_callback_url=state_callback_url,
                recording_content_type=RecordingContent.AUDIO,
                recording_channel_type=RecordingChannel.UNMIXED,
                recording_format_type=RecordingFormat.WAV,
            )
        except AzureError as error:
            raise _ours(error) from error
        return started.recording_id or ""

    async def stop_recording(self, recording_id: str) -> None:
        """See ``calls.ports.CallControl.stop_recording``."""
        try:
            await self._client.stop_recording(recording_id)
        except AzureError as error:
            _raise_unless_gone(error)

    async def play(self, call_connection_id: str, url: str, *, operation_context: str) -> None:
        """See ``calls.ports.CallControl.play``."""
        try:
            await self._client.get_call_connection(call_connection_id).play_media(
                FileSource(url=url), loop=True, operation_context=operation_context
            )
        except AzureError as error:
            raise _ours(error) from error

    async def cancel_play(self, call_connection_id: str) -> None:
        """See ``calls.ports.CallControl.cancel_play``."""
        try:
            await self._client.get_call_connection(call_connection_id).cancel_all_media_operations()
        except AzureError as error:
            _raise_unless_gone(error)

    async def start_media_streaming(self, call_connection_id: str) -> None:
        """See ``calls.ports.CallControl.start_media_streaming``."""
        try:
            await self._client.get_call_connection(call_connection_id).start_media_streaming()
        except AzureError as error:
            _raise_unless_gone(error)

    async def start_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """See ``calls.ports.CallControl.start_continuous_dtmf``."""
        try:
            await self._client.get_call_connection(call_connection_id).start_continuous_dtmf_recognition(
                _identifier(participant)
            )
        except AzureError as error:
            raise _ours(error) from error

    async def stop_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """See ``calls.ports.CallControl.stop_continuous_dtmf``."""
        try:
            await self._client.get_call_connection(call_connection_id).stop_continuous_dtmf_recognition(
                _identifier(participant)
            )
        except AzureError as error:
            _raise_unless_gone(error)

    def _streaming(self, media_url: str) -> MediaStreamingOptions:
        """Both ways, from the first moment on."""
        return MediaStreamingOptions(
            transport_url=media_url,
            transport_type=StreamingTransportType.WEBSOCKET,
            content_type=MediaStreamingContentType.AUDIO,
            audio_channel_type=self._audio_channel,
            start_media_streaming=True,
            enable_bidirectional=True,
            audio_format=self._audio_format,
            enable_dtmf_tones=self._streams_dtmf,
        )

    async def hang_up(self, call_connection_id: str) -> None:
        """See ``calls.ports.CallControl.hang_up``."""
        try:
            await self._client.get_call_connection(call_connection_id).hang_up(is_for_everyone=True)
        except AzureError as error:
            _raise_unless_gone(error)

    async def ping(self) -> None:
        """Ask for a call that there cannot be: "not found" shows that we are let in.

        Raises:
            CallControlError: The service cannot be reached, fails, or does not know our key.
        """
        try:
            await self._client.get_call_connection(_NO_SUCH_CALL).get_call_properties(retry_total=0)
        except AzureError as error:
            _raise_unless_gone(error)

    async def close(self) -> None:
        """See ``calls.ports.CallControl.close``."""
        await self._client.close()


def _format_of(sample_rate_hz: int) -> AudioFormat:
    match sample_rate_hz:
        case 16_000:
            return AudioFormat.PCM16_K_MONO
        case 24_000:
            return AudioFormat.PCM24_K_MONO
        case _:
            raise CallControlError(f"the service does not stream at {sample_rate_hz} Hz, but at 16000 or 24000")


def checked_endpoint(endpoint: str) -> str:
    """The endpoint without a slash at its end: Azure's client would sign that as part of the host."""
    url = endpoint.strip()
    wrong_form = "the endpoint is not of the form https://<resource>.communication.azure.com"
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        has_address = bool(parts.hostname) and parts.port != 0  # reading the port checks it
    except ValueError as error:
        raise CallControlError(wrong_form) from error
    if parts.scheme not in ("http", "https") or not has_address or parts.path.strip("/") or parts.query:
        raise CallControlError(wrong_form)
    return f"{parts.scheme}://{parts.netloc}"


def checked_key(access_key: str) -> str:
    """The key, which is base64.

    Raises:
        CallControlError: It is not.
    """
    key = access_key.strip()
    try:
        decoded = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CallControlError("the access key is not base64") from error
    if not decoded:
        raise CallControlError("the access key is empty")
    return key


def _answered(properties: CallConnectionProperties) -> AnsweredCall:
    return AnsweredCall(
        call_connection_id=properties.call_connection_id or "",
        server_call_id=properties.server_call_id or "",
        correlation_id=properties.correlation_id or "",
    )


def _identifier(raw_id: str) -> CommunicationIdentifier:
    """Of a participant, by the kind that the raw id shows."""
    if raw_id.startswith("4:+"):
        return PhoneNumberIdentifier(raw_id.removeprefix("4:"))
    if raw_id.startswith("8:acs:"):
        return CommunicationUserIdentifier(raw_id)
    return UnknownIdentifier(raw_id)


def _headers(target: TransferTarget) -> dict[str, str]:
    return {f"X-MS-Custom-{name}": _header(value) for name, value in target.context.items() if value}


def _header(value: str) -> str:
    """A value as a SIP header can carry it: printable ASCII, short."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:_LONGEST_HEADER]


def _raise_unless_gone(error: AzureError) -> None:
    ours = _ours(error)
    if not isinstance(ours, CallGone):
        raise ours from error


def _ours(error: AzureError) -> CallControlError:
    """Our error for one of Azure's. The text keeps Azure's code, never the request."""
    if isinstance(error, ClientAuthenticationError) and not error.status_code:
        return CallControlError("this machine has no Azure identity that gives a token")
    if not isinstance(error, HttpResponseError):
        return CallControlError(f"the service could not be reached: {type(error).__name__}")
    status = error.status_code or 0
    # Some operations on an ended call fail with another status and this text.
    if status in (404, 410) or "call already terminated" in str(error).lower():
        return CallGone("the call has ended", status=status)
    code = error.error.code if error.error is not None else None
    return CallControlError(f"the service refused: {status} {code or ''}".rstrip(), status=status)

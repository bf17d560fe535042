"""The bodies of the operations on whole calls and on who is in them, read strictly.

Fields as in the REST specification (api-version 2026-03-12) and the Python SDK
1.6.0. ``read_…`` raise ``RequestRefused`` with the place and the reason.
"""

import re
from typing import Literal

import msgspec

from emulators.acs_requests import (
    CallIntelligenceOptions,
    CommunicationUser,
    MediaStreamingOptions,
    TranscriptionOptions,
    bad_request,
    check_streams,
    check_url,
    read_body,
)

E164 = re.compile(r"\+[1-9]\d{6,14}")
MAX_SIP_HEADERS = 5
_SIP_HEADER = re.compile(r"(user-to-user|x-ms-custom-.+)", re.IGNORECASE)


class _Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What all bodies share: camelCase names, and no others."""


class PhoneNumber(_Body, frozen=True, kw_only=True):
    """A telephone number, E.164."""

    value: str
    is_anonymous: bool | None = None
    asserted_id: str | None = None


class Identifier(_Body, frozen=True, kw_only=True):
    """Who: a telephone number or a user of the resource. The SDK sends no ``kind``."""

    kind: Literal["phoneNumber", "communicationUser"] | None = None
    raw_id: str | None = None
    phone_number: PhoneNumber | None = None
    communication_user: CommunicationUser | None = None

    @property
    def raw(self) -> str:
        """The raw id: ``4:+E164`` for a telephone, ``8:acs:…`` for a user."""
        if self.phone_number is not None:
            return f"4:{self.phone_number.value}"
        return self.communication_user.id if self.communication_user else ""

    @property
    def number(self) -> str:
        """The telephone number; empty for a user."""
        return self.phone_number.value if self.phone_number else ""

    def described(self) -> dict[str, object]:
        """As responses and events carry it."""
        if self.phone_number is not None:
            return {"kind": "phoneNumber", "rawId": self.raw, "phoneNumber": {"value": self.number}}
        return {"kind": "communicationUser", "rawId": self.raw, "communicationUser": {"id": self.raw}}


class CustomCallingContext(_Body, frozen=True, kw_only=True):
    """Headers for whoever is called."""

    voip_headers: dict[str, str] | None = None
    sip_headers: dict[str, str] | None = None


class CreateCallRequest(_Body, frozen=True, kw_only=True):
    """The body of a new call."""

    targets: list[Identifier]
    callback_uri: str
    source_caller_id_number: PhoneNumber | None = None
    source_display_name: str | None = None
    source: CommunicationUser | None = None
    operation_context: str | None = None
    call_intelligence_options: CallIntelligenceOptions | None = None
    media_streaming_options: MediaStreamingOptions | None = None
    transcription_options: TranscriptionOptions | None = None


class RejectRequest(_Body, frozen=True, kw_only=True):
    """The body of ``:reject``."""

    incoming_call_context: str
    call_reject_reason: Literal["none", "busy", "forbidden"] = "none"


class RedirectRequest(_Body, frozen=True, kw_only=True):
    """The body of ``:redirect``."""

    incoming_call_context: str
    target: Identifier


class TransferRequest(_Body, frozen=True, kw_only=True):
    """The body of ``:transferToParticipant``."""

    target_participant: Identifier
    operation_context: str | None = None
    transferee: Identifier | None = None
    operation_callback_uri: str | None = None
    custom_calling_context: CustomCallingContext | None = None
    source_caller_id_number: PhoneNumber | None = None


class AddParticipantRequest(_Body, frozen=True, kw_only=True):
    """The body of ``participants:add``."""

    participant_to_add: Identifier
    source_caller_id_number: PhoneNumber | None = None
    source_display_name: str | None = None
    invitation_timeout_in_seconds: int = 180
    operation_context: str | None = None
    operation_callback_uri: str | None = None
    custom_calling_context: CustomCallingContext | None = None


class RemoveParticipantRequest(_Body, frozen=True, kw_only=True):
    """The body of ``participants:remove``."""

    participant_to_remove: Identifier
    operation_context: str | None = None
    operation_callback_uri: str | None = None


class CancelAddRequest(_Body, frozen=True, kw_only=True):
    """The body of ``participants:cancelAddParticipant``."""

    invitation_id: str
    operation_context: str | None = None
    operation_callback_uri: str | None = None


class MuteRequest(_Body, frozen=True, kw_only=True):
    """The body of ``participants:mute``."""

    target_participants: list[Identifier]
    operation_context: str | None = None


def read_create(body: bytes) -> CreateCallRequest:
    """Read the body of a new call: to one telephone number, with a number to show."""
    request = read_body(body, CreateCallRequest)
    check_url(request.callback_uri, ("https", "http"), "callbackUri")
    check_streams(request.media_streaming_options, request.transcription_options)
    if len(request.targets) != 1:
        raise bad_request("targets: this emulator calls exactly one")
    check_identifier(request.targets[0], "targets[0]")
    if request.targets[0].number:
        check_caller_id(request.source_caller_id_number)
    return request


def read_transfer(body: bytes) -> TransferRequest:
    """Read the body of ``:transferToParticipant``."""
    request = read_body(body, TransferRequest)
    check_identifier(request.target_participant, "targetParticipant")
    if request.transferee is not None:
        check_identifier(request.transferee, "transferee")
    if request.source_caller_id_number is not None:
        check_caller_id(request.source_caller_id_number)
    check_operation_callback(request.operation_callback_uri)
    check_headers(request.custom_calling_context)
    return request


def read_add(body: bytes) -> AddParticipantRequest:
    """Read the body of ``participants:add``."""
    request = read_body(body, AddParticipantRequest)
    check_identifier(request.participant_to_add, "participantToAdd")
    if request.participant_to_add.number:
        check_caller_id(request.source_caller_id_number)
    if not 1 <= request.invitation_timeout_in_seconds <= 180:
        raise bad_request("invitationTimeoutInSeconds: must be 1 to 180")
    check_operation_callback(request.operation_callback_uri)
    check_headers(request.custom_calling_context)
    return request


def check_identifier(identifier: Identifier, where: str) -> None:
    """Refuse who is nobody, or two at once."""
    if (identifier.phone_number is None) == (identifier.communication_user is None):
        raise bad_request(f"{where}: names one of phoneNumber and communicationUser")
    if identifier.phone_number is not None and not E164.fullmatch(identifier.number):
        raise bad_request(f"{where}.phoneNumber.value: is not E.164")
    if identifier.raw_id is not None and identifier.raw_id != identifier.raw:
        raise bad_request(f"{where}.rawId: does not match")


def check_caller_id(number: PhoneNumber | None) -> None:
    """Refuse to call a telephone without a number to show."""
    if number is None:
        raise bad_request("sourceCallerIdNumber: is needed to call a telephone number")
    if not E164.fullmatch(number.value):
        raise bad_request("sourceCallerIdNumber.value: is not E.164")


def check_operation_callback(url: str | None) -> None:
    """Refuse an operationCallbackUri that is none."""
    if url is not None:
        check_url(url, ("https", "http"), "operationCallbackUri")


def check_headers(context: CustomCallingContext | None) -> None:
    """Refuse SIP headers that the service does not pass on."""
    names = list(context.sip_headers or ()) if context is not None else []
    custom = [name for name in names if name.lower() != "user-to-user"]
    if len(custom) > MAX_SIP_HEADERS:
        raise bad_request(f"customCallingContext.sipHeaders: at most {MAX_SIP_HEADERS} besides User-To-User")
    wrong = [name for name in names if not _SIP_HEADER.fullmatch(name)]
    if wrong:
        raise bad_request(f"customCallingContext.sipHeaders: {wrong[0]!r} is not User-To-User or X-MS-Custom-…")

"""The service's SMS, as the Azure SDK sends it."""

import re
import uuid

import msgspec

from emulators.acs_call_requests import E164
from emulators.acs_operation import Operation, Reply, SignedRequest
from emulators.acs_requests import bad_request, read_body
from emulators.sms_traffic import SmsTraffic

SMS_API_VERSIONS = frozenset({"2021-03-07"})
MAX_RECIPIENTS = 100
MAX_CHARACTERS = 2048
_SHORT_CODE = re.compile(r"\d{3,6}")


class _Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What all bodies share: camelCase names, and no others."""


class SmsRecipient(_Body, frozen=True, kw_only=True):
    """To whom."""

    to: str
    repeatability_request_id: str | None = None
    repeatability_first_sent: str | None = None


class SmsSendOptions(_Body, frozen=True, kw_only=True):
    """Whether to tell what became of it."""

    enable_delivery_report: bool
    tag: str | None = None


class SmsRequest(_Body, frozen=True, kw_only=True):
    """The body of a message to one or more."""

    sender: str = msgspec.field(name="from")
    sms_recipients: list[SmsRecipient]
    message: str
    sms_send_options: SmsSendOptions | None = None


class SmsOperations:
    """What may be asked of messages.

    Args:
        traffic: What is sent.
        numbers: The numbers that messages may come from.
    """

    def __init__(self, traffic: SmsTraffic, numbers: frozenset[str]) -> None:
        self._traffic = traffic
        self._numbers = numbers

    def table(self) -> list[Operation]:
        """Every operation, and how it is asked for."""
        return [Operation("sms", "POST", "/sms", self._send, SMS_API_VERSIONS)]

    def _send(self, request: SignedRequest) -> Reply:
        sms = read_body(request.body, SmsRequest)
        if not 1 <= len(sms.sms_recipients) <= MAX_RECIPIENTS:
            raise bad_request(f"smsRecipients: must be 1 to {MAX_RECIPIENTS}")
        if not 1 <= len(sms.message) <= MAX_CHARACTERS:
            raise bad_request(f"message: must have 1 to {MAX_CHARACTERS} characters")
        if self._numbers and sms.sender not in self._numbers:
            raise bad_request("from: is not a number of this resource")
        return Reply(202, {"value": [self._send_to(sms, recipient) for recipient in sms.sms_recipients]})

    def _send_to(self, sms: SmsRequest, recipient: SmsRecipient) -> dict[str, object]:
        if not E164.fullmatch(recipient.to) and not _SHORT_CODE.fullmatch(recipient.to):
            return {
                "to": recipient.to,
                "httpStatusCode": 400,
                "successful": False,
                "errorMessage": "Invalid To phone number format.",
            }
        options = sms.sms_send_options
        sent = self._traffic.send(
            repeatability_id=recipient.repeatability_request_id or str(uuid.uuid4()),
            sender=sms.sender,
            recipient=recipient.to,
            text=sms.message,
            message_id=f"Outgoing_{uuid.uuid4()}_noam",
            wants_report=options.enable_delivery_report if options else False,
            tag=options.tag if options else None,
        )
        return {
            "to": recipient.to,
            "messageId": sent.message_id,
            "httpStatusCode": 202,
            "repeatabilityResult": "accepted",
            "successful": True,
        }

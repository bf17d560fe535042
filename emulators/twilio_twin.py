"""As much of Twilio as short messages need: the REST resources, and the signed webhook.

``POST /2010-04-01/Accounts/{sid}/Messages.json`` and ``GET /2010-04-01/Accounts/{sid}.json``
with basic authentication; what comes in is posted form-encoded with ``X-Twilio-Signature``: the HMAC-SHA1 of the
URL and the sorted parameters (Twilio's "Webhooks security").
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.acs_call_requests import E164
from emulators.errors import DeliveryFailed
from emulators.sms_traffic import ReceivedSms, SentSms, SmsTraffic

API_VERSION = "2010-04-01"
MAX_CHARACTERS = 1600
MESSAGES = f"/{API_VERSION}/Accounts/{{sid}}/Messages.json"
ACCOUNT = f"/{API_VERSION}/Accounts/{{sid}}.json"
_KNOWN = frozenset({"To", "From", "Body", "StatusCallback"})


class TwilioTwin:
    """One account.

    Args:
        traffic: What is sent.
        account_sid: ``AC`` and 32 hexadecimal digits.
        auth_token: Signs webhooks and opens the REST side.

    Attributes:
        refusals: What was refused, and why.
        status: Of the account: active, suspended or closed.
    """

    def __init__(self, traffic: SmsTraffic, *, account_sid: str, auth_token: str) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.refusals: list[str] = []
        self.status = "active"
        self._traffic = traffic

    def routes(self) -> list[Route]:
        """The REST side."""
        return [Route(MESSAGES, self._send, methods=["POST"]), Route(ACCOUNT, self._account, methods=["GET"])]

    async def receive(self, session: aiohttp.ClientSession, url: str, sms: ReceivedSms) -> int:
        """Post an incoming message to a webhook.

        Returns:
            The status.

        Raises:
            DeliveryFailed: There was no answer, or an error.
        """
        form = {
            "ToCountry": "US",
            "SmsMessageSid": sms.message_id,
            "MessageSid": sms.message_id,
            "SmsSid": sms.message_id,
            "AccountSid": self.account_sid,
            "NumMedia": "0",
            "NumSegments": str(sms.segments),
            "SmsStatus": "received",
            "From": sms.sender,
            "To": sms.recipient,
            "Body": sms.text,
            "ApiVersion": API_VERSION,
        }
        headers = {"X-Twilio-Signature": signature_of(url, form, self.auth_token)}
        try:
            async with session.post(url, data=form, headers=headers) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DeliveryFailed(f"Twilio's webhook: {type(error).__name__}: {error}") from error
        if response.status >= 300:
            raise DeliveryFailed(f"Twilio's webhook: the server answered {response.status}")
        return response.status

    async def _account(self, request: Request) -> Response:
        if not self._is_ours(request):
            return self._refuse(401, 20003, "Authenticate")
        now = format_datetime(datetime.now(UTC), usegmt=False)
        return JSONResponse(
            {
                "sid": self.account_sid,
                "auth_token": self.auth_token,
                "friendly_name": "Antiphon's twin",
                "owner_account_sid": self.account_sid,
                "status": self.status,
                "type": "Full",
                "date_created": now,
                "date_updated": now,
                "subresource_uris": {},
                "uri": ACCOUNT.format(sid=self.account_sid),
            }
        )

    async def _send(self, request: Request) -> Response:
        if not self._is_ours(request):
            return self._refuse(401, 20003, "Authenticate")
        form = dict(parse_qsl((await request.body()).decode()))
        unknown = sorted(set(form) - _KNOWN)
        if unknown:
            return self._refuse(400, 20001, f"Unknown parameter {unknown[0]}")
        if not form.get("Body"):
            return self._refuse(400, 21602, "Message body is required.")
        if len(form["Body"]) > MAX_CHARACTERS:
            return self._refuse(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if not E164.fullmatch(form.get("To", "")):
            return self._refuse(400, 21211, "Invalid 'To' Phone Number")
        if not E164.fullmatch(form.get("From", "")):
            return self._refuse(400, 21212, "Invalid 'From' Phone Number")
        sid = f"SM{secrets.token_hex(16)}"
        sms = self._traffic.send(
            repeatability_id=sid, sender=form["From"], recipient=form["To"], text=form["Body"], message_id=sid
        )
        return JSONResponse(self._described(sms), status_code=201)

    def _is_ours(self, request: Request) -> bool:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            return False
        expected = f"{self.account_sid}:{self.auth_token}".encode()
        is_signed = scheme.lower() == "basic" and hmac.compare_digest(given, expected)
        return is_signed and request.path_params["sid"] == self.account_sid

    def _described(self, sms: SentSms) -> Mapping[str, object]:
        now = format_datetime(datetime.now(UTC), usegmt=False)
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": sms.text,
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": sms.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": sms.message_id,
            "status": "queued",
            "subresource_uris": {},
            "to": sms.recipient,
            "uri": f"{MESSAGES.format(sid=self.account_sid).removesuffix('.json')}/{sms.message_id}.json",
        }

    def _refuse(self, status: int, code: int, message: str) -> Response:
        self.refusals.append(f"{status}: {message}")
        more = f"https://www.twilio.com/docs/errors/{code}"
        return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status_code=status)


def signature_of(url: str, form: Mapping[str, str], auth_token: str) -> str:
    """What Twilio sends as ``X-Twilio-Signature``."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()

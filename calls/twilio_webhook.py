"""The address that Twilio posts text messages to."""

from collections.abc import Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from calls.doors import Door, DoorRoute, Refusals
from calls.errors import Refused
from calls.incoming import TextMessage, e164
from calls.messages import Messages
from stores.errors import StoreError

_LONGEST_BODY_BYTES = 64 * 1024
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class SignatureDoor(Protocol):
    """Lets in what Twilio has signed."""

    def check(self, request: Request, body: bytes) -> Mapping[str, str]:
        """The parameters that were posted.

        Raises:
            calls.errors.Refused: It was not signed by our account.
        """


def twilio_routes(messages: Messages, door: SignatureDoor, refusals: Refusals) -> list[DoorRoute]:
    """The route ``POST /twilio/sms``.

    Args:
        messages: Takes them.
        door: Checks the signature before anything is read.
        refusals: Is told who was refused.
    """

    async def take(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST_BODY_BYTES:
                return _error(413, "the body is too long")
        try:
            form = door.check(request, bytes(body))
        except Refused as refused:
            refusals.note(Door.TWILIO, refused.reason)
            return _error(403, "there is nothing here for you")
        missing = [name for name in ("MessageSid", "From", "Body") if name not in form]
        if missing:
            return _error(400, "the message cannot be read", [f"{name} is missing" for name in missing])
        message = TextMessage(form["MessageSid"], e164(form["From"]), e164(form.get("To", "")), form["Body"])
        try:
            await messages.take(message)
        except StoreError:
            return _error(503, "the store does not answer")
        return Response(_NOTHING_TO_SAY, media_type="application/xml")

    return [DoorRoute("/twilio/sms", take, methods=["POST"], door=Door.TWILIO)]


def _error(status: int, message: str, details: list[str] | None = None) -> Response:
    return JSONResponse({"error": {"message": message, "details": details or []}}, status_code=status)

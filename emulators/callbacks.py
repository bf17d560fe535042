"""The events that Call Automation posts to the ``callbackUri`` of a call.

Each post is a JSON array of one CloudEvent 1.0, with a bearer token of its own that
the service has signed.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp
import msgspec

from emulators.acs_tokens import AcsTokens
from emulators.errors import DeliveryFailed
from emulators.switchboard import Leg

CALLBACK_TIMEOUT_S = 10.0
_SUCCESS = range(200, 300)


class Callbacks:
    """Posts the events of calls, over a session that somebody else closes.

    Args:
        session: See above.
        timeout_s: For one post.
        tokens: Signs each post; None leaves it unsigned, which the service never does.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        timeout_s: float = CALLBACK_TIMEOUT_S,
        tokens: AcsTokens | None = None,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def post(self, leg: Leg, event: Mapping[str, object], url: str | None = None) -> None:
        """Post one event of a call that was answered or placed; once, since no retry is documented.

        Args:
            leg: The call.
            event: A CloudEvent.
            url: Where to, if not to the call's ``callbackUri``.

        Raises:
            DeliveryFailed: The server did not take it.
        """
        if leg.request is None:
            raise ValueError("nobody gave a callbackUri yet")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self._tokens is not None:
            headers["Authorization"] = f"Bearer {self._tokens.callback_token()}"
        name = str(event["type"]).rpartition(".")[2]
        try:
            async with self._session.post(
                url or leg.request.callback_uri,
                data=msgspec.json.encode([event]),
                headers=headers,
                timeout=self._timeout,
            ) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DeliveryFailed(f"callback {name}: {type(error).__name__}: {error}") from error
        if response.status not in _SUCCESS:
            raise DeliveryFailed(f"callback {name}: the server answered {response.status}")


def call_event(
    leg: Leg, name: str, details: Mapping[str, object] | None = None, *, operation_context: str | None = None
) -> dict[str, object]:
    """One event as a CloudEvent.

    Args:
        leg: The call.
        name: Without the prefix, as in ``CallConnected``.
        details: What this kind of event has besides the identifiers.
        operation_context: What the server gave with the operation that this is the result of.
    """
    data: dict[str, object] = {
        "callConnectionId": leg.call_connection_id,
        "serverCallId": leg.server_call_id,
        "correlationId": leg.correlation_id,
        **(details or {}),
    }
    if operation_context is not None:
        data["operationContext"] = operation_context
    path = f"calling/callConnections/{leg.call_connection_id}"
    return {
        "id": str(uuid.uuid4()),
        "source": path,
        "type": f"Microsoft.Communication.{name}",
        "data": data,
        "time": datetime.now(UTC).isoformat(),
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "subject": path,
    }


def call_connected(leg: Leg) -> dict[str, object]:
    """Both sides are joined."""
    return call_event(leg, "CallConnected", _result(200, 0, ""), operation_context=leg.operation_context)


def create_call_failed(leg: Leg, *, code: int, sub_code: int, message: str) -> dict[str, object]:
    """A call that the server placed was not taken."""
    return call_event(
        leg, "CreateCallFailed", _result(code, sub_code, message), operation_context=leg.operation_context
    )


def media_streaming_started(
    leg: Leg, *, context: str | None = None, details: str = "subscriptionStarted"
) -> dict[str, object]:
    """The media socket is open, for the first time or again (``streamConnectionReestablished``)."""
    return _streaming(leg, "MediaStreamingStarted", details, _result(200, 0, ""), context)


def media_streaming_stopped(leg: Leg, *, context: str | None = None) -> dict[str, object]:
    """The media socket was closed."""
    return _streaming(leg, "MediaStreamingStopped", "subscriptionStopped", _result(200, 0, ""), context)


def media_streaming_failed(
    leg: Leg, *, context: str | None = None, details: str = "initialWebSocketConnectionFailed"
) -> dict[str, object]:
    """The media socket could not be opened, or was lost (``streamConnectionInterrupted``)."""
    result = _result(400, 8581, "The transport URL is not valid or the web socket server is not operational.")
    return _streaming(leg, "MediaStreamingFailed", details, result, context)


def call_disconnected(leg: Leg) -> dict[str, object]:
    """The call has ended."""
    sip = {"sipDetails": {"code": 200, "message": "OK"}, "q850Details": {"code": 16, "message": "Normal call clearing"}}
    result = {"code": 200, "subCode": 0, "message": "", **sip}
    return call_event(leg, "CallDisconnected", {"resultInformation": result}, operation_context=leg.operation_context)


def _streaming(
    leg: Leg, name: str, details: str, result: Mapping[str, object], context: str | None
) -> dict[str, object]:
    status = name[0].lower() + name[1:]
    update = {"contentType": "Audio", "mediaStreamingStatus": status, "mediaStreamingStatusDetails": details}
    return call_event(
        leg, name, {"mediaStreamingUpdate": update, **result}, operation_context=context or leg.operation_context
    )


def _result(code: int, sub_code: int, message: str) -> dict[str, object]:
    return {"resultInformation": {"code": code, "subCode": sub_code, "message": message}}

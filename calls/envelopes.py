"""The envelope that all events of the telephone service come in, whatever its schema.

CloudEvents 1.0 names the kind of an event ``type``, Event Grid's own schema
``eventType``; both come as one object or as an array. Names are compared without
regard to case, as the services' own parsers do. Reasons name keys, never values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from calls.errors import MalformedEvent

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event, its data not looked at yet."""

    kind: str
    """For instance Microsoft.Communication.IncomingCall."""
    event_id: str
    """Empty when the sender gave none."""
    data: Json
    subject: str = ""
    time: str = ""
    """ISO 8601, as the sender wrote it; empty when they did not."""


@dataclass(frozen=True, slots=True)
class Envelopes:
    """What one body held."""

    readable: tuple[Envelope, ...]
    refused: tuple[str, ...]
    """The reason for each event that could not be read."""


def read_envelopes(body: bytes) -> Envelopes:
    """Open a request's body.

    Raises:
        calls.errors.MalformedEvent: The body as a whole cannot be read.
    """
    try:
        decoded: object = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        # The decoder's own text tells where, not what.
        raise MalformedEvent(f"the body is not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedEvent("the body is nested too deeply") from error
    items = decoded if isinstance(decoded, list) else [decoded]
    if not items:
        raise MalformedEvent("the body holds no event")
    if not any(isinstance(item, dict) for item in items):
        raise MalformedEvent("the body is neither an event nor an array of events")
    readable: list[Envelope] = []
    refused: list[str] = []
    for index, item in enumerate(items):
        try:
            readable.append(_read_envelope(item))
        except MalformedEvent as error:
            refused.append(f"event {index}: {error}")
    return Envelopes(tuple(readable), tuple(refused))


def _read_envelope(item: object) -> Envelope:
    if not isinstance(item, dict):
        raise MalformedEvent("it is not an object")
    kind = text_at(item, "type") or text_at(item, "eventType")
    if not kind:
        raise MalformedEvent("type (or eventType) is missing")
    time = text_at(item, "time") or text_at(item, "eventTime")
    return Envelope(kind, text_at(item, "id"), object_at(item, "data"), text_at(item, "subject"), time)


def value_at(json: Json, key: str) -> object:
    """The value of a key in any casing, None when it is missing."""
    if key in json:
        return json[key]
    wanted = key.casefold()
    return next((value for name, value in json.items() if name.casefold() == wanted), None)


def text_at(json: Json, key: str) -> str:
    """The text of a key in any casing, empty when it is missing or null.

    Raises:
        calls.errors.MalformedEvent: It is something else than text.
    """
    value = value_at(json, key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedEvent(f"{key} is not a string")
    return value


def required_text_at(json: Json, key: str) -> str:
    """The text of a key in any casing, which must be there.

    Raises:
        calls.errors.MalformedEvent: It is missing, empty, or something else than text.
    """
    text = text_at(json, key)
    if not text:
        raise MalformedEvent(f"{key} is missing")
    return text


def object_at(json: Json, key: str) -> Json:
    """The object of a key in any casing, empty when it is missing or null.

    Raises:
        calls.errors.MalformedEvent: It is something else than an object.
    """
    value = value_at(json, key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedEvent(f"{key} is not an object")
    return value


def objects_at(json: Json, key: str) -> list[Json]:
    """The objects in the array of a key in any casing, empty when it is missing or null.

    Raises:
        calls.errors.MalformedEvent: It is something else than an array of objects.
    """
    value = value_at(json, key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise MalformedEvent(f"{key} is not an array of objects")
    return value


def whole_number_at(json: Json, key: str) -> int:
    """The number of a key in any casing, 0 when there is none: for codes that only explain."""
    value = value_at(json, key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

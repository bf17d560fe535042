"""``POST /call``: place a call, with the body that call-center-ai takes.

A body that cannot be taken is refused with every reason, each naming its field. The
same ``Idempotency-Key`` with the same body is one call, however often it is sent.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.claim import ClaimField, FieldType
from agent.language_tags import closest, english_name
from calls.admission import Placed
from calls.costs import Cost
from calls.errors import CannotPlace
from calls.initiate import CallInitiate
from calls.live import LiveCalls
from stores.records import CallHistory, CallRecord, Direction
from web.api.answers import json_response
from web.api.call_view import call_get
from web.api.examples import placed_example
from web.api.models import CallGet
from web.api.operations import Answer, Operation, Parameter, api_routes
from web.api.parameters import explained
from web.bodies import json_body
from web.errors import RequestRefused

_LONGEST_BODY_BYTES = 256 * 1024
_LONGEST_KEY = 256
_MOST_FIELDS = 64
_WRITTEN_WITHIN_S = 2.0
_STATUS = {
    CannotPlace.Reason.NO_NUMBER: 503,
    CannotPlace.Reason.FULL: 503,
    CannotPlace.Reason.CLOSED: 503,
    CannotPlace.Reason.KEY_REUSED: 409,
}


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("must be a telephone number in E.164 form, as in +12025550143")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


_Number = Annotated[
    str,
    AfterValidator(_e164),
    Field(json_schema_extra={"pattern": r"^\+[0-9 ().-]{7,40}$"}, description="E.164", examples=["+12025550143"]),
]
_Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Post(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ClaimFieldPost(_Post):
    """One thing that the call is to find out."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
    type: FieldType = FieldType.TEXT
    description: Annotated[str, Field(max_length=500)] = ""
    required: bool = True


class LanguagePost(_Post):
    """A language that the call can be held in."""

    short_code: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    voice: str = ""
    pronunciations_en: tuple[str, ...] = ()
    custom_voice_endpoint_id: str = ""


def _few(fields: tuple[ClaimFieldPost, ...]) -> tuple[ClaimFieldPost, ...]:
    if not 1 <= len(fields) <= _MOST_FIELDS:
        raise ValueError(f"must hold 1 to {_MOST_FIELDS} fields")
    return fields


def _repeated(fields: tuple[ClaimFieldPost, ...]) -> list[str]:
    """The names that another field has already, each by its path."""
    names = [each.name for each in fields]
    repeated = [(place, name, names.index(name)) for place, name in enumerate(names) if name in names[:place]]
    return [f"claim.{place}.name: {name} is the name of claim.{first} already" for place, name, first in repeated]


class LanguagesPost(_Post):
    """What the call begins in, and what else it can be held in."""

    default_short_code: str
    availables: tuple[LanguagePost, ...] = ()

    @model_validator(mode="after")
    def _default_is_available(self) -> "LanguagesPost":
        if self.availables and self.default_short_code not in {each.short_code for each in self.availables}:
            raise ValueError("default_short_code is not among the availables")
        return self


class CallPost(_Post):
    """A call to be placed. What is left out is as configured."""

    phone_number: _Number
    agent_phone_number: _Number | None = None
    bot_company: _Text | None = None
    bot_name: _Text | None = None
    task: Annotated[str, Field(min_length=1, max_length=8_000)] | None = None
    lang: LanguagesPost | None = None
    prosody_rate: Annotated[float, Field(ge=0.75, le=1.25)] | None = None
    claim: (
        Annotated[
            tuple[ClaimFieldPost, ...],
            AfterValidator(_few),
            Field(json_schema_extra={"minItems": 1, "maxItems": _MOST_FIELDS}, description="No two of one name."),
        ]
        | None
    ) = None


def read_call_body(body: bytes, default: CallInitiate) -> tuple[str, CallInitiate]:
    """The number to call, and what the call is about: the default where the body says nothing.

    Raises:
        RequestRefused: 400 when it is no JSON, 422 when a field is unknown, missing or wrong; each is named.
    """
    try:
        parsed = CallPost.model_validate_json(body)
    except ValidationError as error:
        if any(problem["type"] == "json_invalid" for problem in error.errors(include_url=False, include_input=False)):
            raise RequestRefused(400, "The body is not JSON") from error
        raise RequestRefused(422, "The body cannot be taken", explained(error, "there is no such field")) from error
    if repeated := _repeated(parsed.claim or ()):
        raise RequestRefused(422, "The body cannot be taken", repeated)
    return parsed.phone_number, _initiate(parsed, default)


def _initiate(body: CallPost, default: CallInitiate) -> CallInitiate:
    given: dict[str, Any] = {
        name: value
        for name in ("agent_phone_number", "bot_company", "bot_name", "task", "prosody_rate")
        if (value := getattr(body, name)) is not None
    }
    if body.claim is not None:
        given["claim"] = tuple(ClaimField(each.name, each.type, each.description, each.required) for each in body.claim)
    if body.lang is not None:
        given |= _language(body.lang, default)
    return replace(default, **given)


def _language(lang: LanguagesPost, default: CallInitiate) -> dict[str, Any]:
    """What a call can be held in; the numbers tell nothing more then.

    Raises:
        RequestRefused: 422 when we do not speak one of them.
    """
    code, spoken = lang.default_short_code, default.languages
    wanted = [(code, "lang.default_short_code")]
    wanted += [(each.short_code, f"lang.availables.{at}") for at, each in enumerate(lang.availables)]
    if strange := [f"{key}: {tag} is none of {', '.join(spoken)}" for tag, key in wanted if not _does(tag, spoken)]:
        raise RequestRefused(422, "The call cannot be held in this language", strange)
    named = next((each for each in lang.availables if each.short_code == code), None)
    names = named.pronunciations_en if named is not None else ()
    others = [each.short_code for each in lang.availables] or spoken
    tags = dict.fromkeys(closest(each, spoken) or each for each in (code, *others))
    name = names[0] if names else english_name(code)
    return {"language": code, "language_name": name, "languages": tuple(tags), "is_language_ordered": True}


def _does(tag: str, spoken: tuple[str, ...]) -> bool:
    return not spoken or closest(tag, spoken) is not None


def call_routes(live_calls: LiveCalls, *, default: CallInitiate, utc_now: Callable[[], datetime]) -> list[Route]:
    """The route ``POST /call`` alone; see ``placing_operation``."""
    return api_routes([placing_operation(live_calls, default=default, utc_now=utc_now)])


def placing_operation(
    live_calls: LiveCalls,
    *,
    default: CallInitiate,
    utc_now: Callable[[], datetime],
    written: Callable[[], Awaitable[object]] | None = None,
) -> Operation:
    """``POST /call``. Who may use it is decided in front of it.

    Args:
        live_calls: Places the calls.
        default: What a call is about where its body says nothing.
        utc_now: The time of day.
        written: Returns when what was placed can be read; not waited for for long.
    """

    async def place(request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        if len(key) > _LONGEST_KEY or not re.fullmatch(r"[ -~]*", key):
            raise RequestRefused(400, "Idempotency-Key cannot be one", [f"at most {_LONGEST_KEY} printable characters"])
        number, initiate = read_call_body(await json_body(request, longest_bytes=_LONGEST_BODY_BYTES), default)
        try:
            placed = live_calls.place(number, initiate, key=key)
        except CannotPlace as error:
            raise RequestRefused(_STATUS[error.reason], "The call was not placed", [error.reason.value]) from error
        if written is not None:
            # Whoever goes to Location finds the call there; but a store that is away delays no answer.
            with suppress(TimeoutError):
                async with asyncio.timeout(_WRITTEN_WITHIN_S):
                    await written()
        return json_response(
            _shown(placed, number, initiate, utc_now()),
            status_code=201 if placed.is_new else 200,
            headers={"location": f"/call/{placed.call_id}"},
        )

    return Operation(
        method="POST",
        path="/call",
        endpoint=place,
        operation_id="placeCall",
        tag="calls",
        summary="Place a call",
        description=(
            "The service rings the number; the assistant speaks when somebody answers. The body is that of "
            "call-center-ai. What it does not say is as configured; the language must be one that is spoken here."
        ),
        parameters=[_key_parameter()],
        body=CallPost,
        body_example={
            "phone_number": "+12025550143",
            "bot_company": "Contoso",
            "bot_name": "Amélie",
            "task": "Help the customer with their digital workplace.",
            "agent_phone_number": "+33612345678",
            "claim": [{"name": "hardware_info", "type": "text"}, {"name": "first_seen", "type": "datetime"}],
        },
        answers=_answers(),
    )


def _key_parameter() -> Parameter:
    return Parameter(
        name="Idempotency-Key",
        description="Makes this order one call, however often it is sent: the same key and body give the same call.",
        schema={"type": "string", "maxLength": _LONGEST_KEY, "pattern": "^[ -~]*$"},
        example="order-4711",
        in_header=True,
    )


def _answers() -> dict[int, Answer]:
    location = {"Location": "Where the call can be read."}
    return {
        200: Answer(
            description="It was ordered before, with this key.",
            model=CallGet,
            example=placed_example(),
            headers=location,
        ),
        201: Answer(description="It is being placed.", model=CallGet, example=placed_example(), headers=location),
        400: Answer(description="The body is not JSON, or Idempotency-Key cannot be one."),
        409: Answer(description="This key has ordered another call."),
        413: Answer(description="The body is too long."),
        415: Answer(description="The body is to be application/json."),
        422: Answer(description="The body cannot be taken; each reason names its field."),
        503: Answer(description="No call can be placed now: too many are up, or the server stops or has no number."),
    }


def _shown(placed: Placed, number: str, initiate: CallInitiate, now: datetime) -> CallGet:
    call = CallRecord(
        placed.call_id,
        Direction.OUTBOUND,
        number,
        now,
        claim_fields=initiate.field_records,
        initiate=initiate.record,
    )
    return call_get(CallHistory(call), Cost(), [])

"""``POST /call``: place a call, with the body that call-center-ai takes.

A body that cannot be taken is refused with every reason, each naming its field. The
same ``Idempotency-Key`` with the same body is one call, however often it is sent.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.claim import ClaimField, FieldType
from agent.language_tags import closest, english_name
from calls.admission import Placed
from calls.errors import CannotPlace
from calls.initiate import CallInitiate
from calls.live import LiveCalls
from web.errors import RequestRefused

_LONGEST_BODY_BYTES = 256 * 1024
_LONGEST_KEY = 256
_MOST_FIELDS = 64
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


_Number = Annotated[str, AfterValidator(_e164)]
_Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _ClaimField(_Body):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
    type: Annotated[FieldType, Field(strict=False)] = FieldType.TEXT
    description: Annotated[str, Field(max_length=500)] = ""
    required: bool = True


class _Language(_Body):
    short_code: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    voice: str = ""
    pronunciations_en: tuple[str, ...] = ()
    custom_voice_endpoint_id: str = ""


def _few(fields: tuple[_ClaimField, ...]) -> tuple[_ClaimField, ...]:
    if not 1 <= len(fields) <= _MOST_FIELDS:
        raise ValueError(f"must hold 1 to {_MOST_FIELDS} fields")
    return fields


def _repeated(fields: tuple[_ClaimField, ...]) -> list[str]:
    """The names that another field has already, each by its path."""
    names = [each.name for each in fields]
    repeated = [(place, name, names.index(name)) for place, name in enumerate(names) if name in names[:place]]
    return [f"claim.{place}.name: {name} is the name of claim.{first} already" for place, name, first in repeated]


class _Languages(_Body):
    default_short_code: str
    availables: tuple[_Language, ...] = ()

    @model_validator(mode="after")
    def _default_is_available(self) -> "_Languages":
        if self.availables and self.default_short_code not in {each.short_code for each in self.availables}:
            raise ValueError("default_short_code is not among the availables")
        return self


class _CallBody(_Body):
    phone_number: _Number
    agent_phone_number: _Number | None = None
    bot_company: _Text | None = None
    bot_name: _Text | None = None
    task: Annotated[str, Field(min_length=1, max_length=8_000)] | None = None
    lang: _Languages | None = None
    prosody_rate: Annotated[float, Field(ge=0.75, le=1.25, strict=False)] | None = None
    claim: Annotated[tuple[_ClaimField, ...], AfterValidator(_few)] | None = None


def read_call_body(body: bytes, default: CallInitiate) -> tuple[str, CallInitiate]:
    """The number to call, and what the call is about: the default where the body says nothing.

    Raises:
        RequestRefused: 400 when it is no JSON, 422 when a field is unknown, missing or wrong; each is named.
    """
    try:
        parsed = _CallBody.model_validate_json(body)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        if any(problem["type"] == "json_invalid" for problem in problems):
            raise RequestRefused(400, "The body is not JSON") from error
        raise RequestRefused(422, "The body cannot be taken", [_explained(each) for each in problems]) from error
    if repeated := _repeated(parsed.claim or ()):
        raise RequestRefused(422, "The body cannot be taken", repeated)
    return parsed.phone_number, _initiate(parsed, default)


def _explained(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "body"
    if problem["type"] == "extra_forbidden":
        return f"{where}: there is no such field"
    reason = str(problem["msg"]).removeprefix("Value error, ")
    return f"{where}: {reason[:1].lower()}{reason[1:]}"


def _initiate(body: _CallBody, default: CallInitiate) -> CallInitiate:
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


def _language(lang: _Languages, default: CallInitiate) -> dict[str, Any]:
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
    """The route ``POST /call``. Who may use it is decided in front of it.

    Args:
        live_calls: Places the calls.
        default: What a call is about where its body says nothing.
        utc_now: The time of day.
    """

    async def place(request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        if len(key) > _LONGEST_KEY or not re.fullmatch(r"[ -~]*", key):
            raise RequestRefused(400, "Idempotency-Key cannot be one", [f"at most {_LONGEST_KEY} printable characters"])
        number, initiate = read_call_body(await _body(request), default)
        try:
            placed = live_calls.place(number, initiate, key=key)
        except CannotPlace as error:
            raise RequestRefused(_STATUS[error.reason], "The call was not placed", [error.reason.value]) from error
        answer = _shown(placed, number, initiate, utc_now())
        return JSONResponse(answer, status_code=201 if placed.is_new else 200)

    return [Route("/call", place, methods=["POST"])]


def _shown(placed: Placed, number: str, initiate: CallInitiate, now: datetime) -> dict[str, Any]:
    claim = [
        {"name": each.name, "type": each.type.value, "description": each.description, "required": each.required}
        for each in initiate.claim
    ]
    return {
        "call_id": placed.call_id,
        "created_at": now.isoformat(),
        "initiate": {
            "phone_number": number,
            "agent_phone_number": initiate.agent_phone_number or None,
            "bot_company": initiate.bot_company,
            "bot_name": initiate.bot_name,
            "task": initiate.task,
            "lang": {"default_short_code": initiate.language},
            "prosody_rate": initiate.prosody_rate,
            "claim": claim,
        },
    }


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY_BYTES:
            raise RequestRefused(413, "The body is too long", [f"at most {_LONGEST_BODY_BYTES} bytes"])
    return bytes(body)

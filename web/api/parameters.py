"""Parameters of a query: text, read as what its model says, and nothing else.

"2026-11-20T09:30:00Z"   Moment: RFC 3339, with its offset
"2026-11-20"             Day
"true", "false"          Flag
"50"                     digits, within the limits of the field
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.requests import Request

from stores.search import MOST_CALLS
from web.errors import RequestRefused

_MOMENT: Final = re.compile(
    r"(\d{4})-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_DAY: Final = re.compile(r"(\d{4})-\d\d-\d\d", re.ASCII)
_MIDNIGHT_LEAP: Final = re.compile(r"(?<=:)60(?=[.Zz+-])")
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)

_Query = TypeVar("_Query", bound=BaseModel)


def _moment(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("must be a moment with its offset, as in 2026-11-20T09:30:00Z")
    if found[1] == "0000":
        return _EARLIEST
    moment = datetime.fromisoformat(_MIDNIGHT_LEAP.sub("59", text.upper()))
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # so near to the end of time that another zone has passed it
        return _EARLIEST if moment.year == 1 else _LATEST


def _day(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("must be a day, as in 2026-11-20")
    return date.min if found[1] == "0000" else date.fromisoformat(text)


def _flag(text: object) -> object:
    if isinstance(text, str):
        if text not in ("true", "false"):
            raise ValueError("must be true or false")
        return text == "true"
    return text


def _integer(text: object) -> object:
    if isinstance(text, str):
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValueError("must be a whole number")
        return int(text)
    return text


def _plus(text: object) -> object:
    """A plus sign that was not encoded arrives as a space."""
    return f"+{text[1:]}" if isinstance(text, str) and text[:1] == " " else text


Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_flag)]
NumberPrefix = Annotated[
    str,
    Field(
        pattern=r"^\+[1-9][0-9]{0,14}$",
        description="How the other side's number begins, E.164. Encode `+` as `%2B`.",
        examples=["+33612"],
    ),
    BeforeValidator(_plus),
]
PageSize = Annotated[int, Field(ge=1, le=MOST_CALLS, description="How many at most."), BeforeValidator(_integer)]
Cursor = Annotated[
    str,
    Field(
        max_length=1_000,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="`next_cursor` of the page before, of the same query. Without: the first page.",
    ),
]


class NoQuery(BaseModel):
    """Nothing can be asked for."""

    model_config = ConfigDict(extra="forbid")


def read_query(request: Request, model: type[_Query]) -> _Query:
    """The query as a model.

    Raises:
        RequestRefused: 422 when a parameter is unknown, given twice, or wrong; each is named.
    """
    given: dict[str, Any] = {}
    problems = []
    for name, value in request.query_params.multi_items():
        if name in given:
            problems.append(f"{name}: is given twice")
        given[name] = value
    try:
        query = model.model_validate(given)
    except ValidationError as error:
        problems += explained(error, "there is no such parameter")
    if problems:
        raise RequestRefused(422, "The query cannot be taken", problems)
    return query


def explained(error: ValidationError, unknown: str) -> list[str]:
    """What is wrong, each with its place.

    Args:
        error: Of a model.
        unknown: What to say of names that the model does not have.
    """
    return [
        _explained(each, unknown)
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _explained(problem: Any, unknown: str) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "body"
    if problem["type"] == "extra_forbidden":
        return f"{where}: {unknown}"
    reason = str(problem["msg"]).removeprefix("Value error, ")
    return f"{where}: {reason[:1].lower()}{reason[1:]}"

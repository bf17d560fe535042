"""Parameters of a query: what is taken, and with which words the rest is refused."""

from datetime import UTC, date, datetime
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from web.api.parameters import Cursor, Day, Flag, Moment, NoQuery, NumberPrefix, PageSize, read_query
from web.errors import RequestRefused


class Query(BaseModel):
    """One of each."""

    model_config = ConfigDict(extra="forbid")

    moment: Moment | None = None
    day: Day | None = None
    flag: Flag | None = None
    limit: PageSize = 50
    cursor: Cursor = ""
    number: Annotated[NumberPrefix, "no more"] = ""


def read(query: str, model: type[BaseModel] = Query) -> BaseModel:
    """Read a query as it stands in a URL."""
    return read_query(Request({"type": "http", "query_string": query.encode(), "headers": []}), model)


def refused(query: str, model: type[BaseModel] = Query) -> tuple[str, ...]:
    """Why a query is refused."""
    with pytest.raises(RequestRefused) as error:
        read(query, model)
    assert error.value.status_code == 422
    return error.value.details


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("moment=2026-11-20T09:30:00Z", "moment", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("moment=2026-11-20t09:30:00.5z", "moment", datetime(2026, 11, 20, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("moment=2026-11-20T09:30:00%2B02:00", "moment", datetime(2026, 11, 20, 7, 30, tzinfo=UTC)),
        ("moment=2016-12-31T23:59:60Z", "moment", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("moment=0001-01-01T00:00:00%2B02:00", "moment", datetime.min.replace(tzinfo=UTC)),
        ("moment=9999-12-31T23:59:59-02:00", "moment", datetime.max.replace(tzinfo=UTC)),
        ("moment=0000-01-01T00:00:00Z", "moment", datetime.min.replace(tzinfo=UTC)),
        ("day=2026-11-20", "day", date(2026, 11, 20)),
        ("day=0000-02-29", "day", date.min),
        ("flag=true", "flag", True),
        ("flag=false", "flag", False),
        ("limit=200", "limit", 200),
        ("cursor=ab_-9", "cursor", "ab_-9"),
        ("number=%2B33", "number", "+33"),
        ("number=+33", "number", "+33"),
    ],
)
def test_what_is_taken(query: str, name: str, value: object) -> None:
    """Text, as what it stands for."""
    assert getattr(read(query), name) == value


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("moment=2026-11-20", "moment: must be a moment with its offset"),
        ("moment=2026-11-20T09:30:00", "moment: must be a moment with its offset"),
        ("moment=1763631000", "moment: must be a moment with its offset"),
        ("moment=2026-13-20T09:30:00Z", "moment: month must be in 1..12"),
        ("day=2026-02-30", "day: day"),
        ("day=20261120", "day: must be a day"),
        ("flag=1", "flag: must be true or false"),
        ("flag=True", "flag: must be true or false"),
        ("limit=0", "limit: input should be greater than or equal to 1"),
        ("limit=201", "limit: input should be less than or equal to 200"),
        ("limit=1.0", "limit: must be a whole number"),
        ("limit=", "limit: must be a whole number"),
        ("cursor=a%20b", "cursor: string should match pattern"),
        ("number=33", "number: string should match pattern"),
        ("colour=red", "colour: there is no such parameter"),
        ("flag=true&flag=true", "flag: is given twice"),
    ],
)
def test_what_is_refused(query: str, reason: str) -> None:
    """Each with its name."""
    (told,) = refused(query)
    assert told.startswith(reason)


def test_every_reason_is_told() -> None:
    """In one answer."""
    assert len(refused("limit=x&flag=x&colour=red")) == 3


def test_where_nothing_can_be_asked_for() -> None:
    """Any parameter is unknown."""
    assert refused("a=1", NoQuery) == ("a: there is no such parameter",)
    read("", NoQuery)

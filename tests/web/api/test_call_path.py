"""The call that a path names."""

from dataclasses import replace

import pytest
from starlette.requests import Request

from stores.sql import SqlStore
from tests.web.api.filled import CALL, CALL_ID, NUMBER, at
from web.api.call_path import call_parameter, find_call, no_call
from web.errors import RequestRefused


def request(named: str) -> Request:
    """For a path."""
    return Request({"type": "http", "path_params": {"call": named}, "headers": [], "query_string": b""})


async def test_a_number_means_its_latest_call(store: SqlStore) -> None:
    """However it is written."""
    await store.add_call(replace(CALL, call_id="later", started_at=at(100)))
    assert (await find_call(store, request(CALL_ID))).call.call_id == CALL_ID
    for written in (NUMBER, "+1 202 555 0143", "+1-202-555-0143"):
        assert (await find_call(store, request(written))).call.call_id == "later"


@pytest.mark.parametrize("named", ["", "nobody", "+", "+abc", "+12025550100", "a\0b", "a" * 1_000])
async def test_there_is_none(store: SqlStore, named: str) -> None:
    """404; what no database could hold is not looked for."""
    with pytest.raises(RequestRefused) as error:
        await find_call(store, request(named))
    assert error.value.status_code == 404


def test_it_is_described() -> None:
    """With an example that fits its pattern."""
    assert call_parameter().example == CALL_ID
    assert no_call().model is None

"""Reading calls: a page of them, one of them, its reminders, and the reminders of all."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from calls.costs import Prices, call_cost
from stores.agenda import Agenda, ReminderQuery
from stores.errors import UnreadableCursor
from stores.records import CallHistory, NextAction, Satisfaction
from stores.search import CallQuery, Search
from stores.store import Store
from web.api.answers import json_response
from web.api.call_path import call_parameter, find_call, no_call
from web.api.call_view import call_get, reminder_get, summary_get
from web.api.examples import call_example, reminder_example, summary_example
from web.api.models import CallGet, CallsGet, RemindersGet
from web.api.operations import Answer, Operation
from web.api.parameters import Cursor, Flag, Moment, NumberPrefix, PageSize, read_query
from web.api.recordings import recordings_of
from web.errors import RequestRefused


class CallsQuery(BaseModel):
    """Which calls."""

    model_config = ConfigDict(extra="forbid")

    phone_number: NumberPrefix = ""
    in_progress: Annotated[Flag | None, Field(description="Calls that are up, or that are over.")] = None
    started_from: Annotated[Moment | None, Field(description="Began then or later.")] = None
    started_before: Annotated[Moment | None, Field(description="Began earlier.")] = None
    satisfaction: Annotated[Satisfaction | None, Field(description="As the synthesis says.")] = None
    next_action: Annotated[NextAction | None, Field(description="What is to be done next.")] = None
    text: Annotated[
        str,
        Field(max_length=200, pattern=r"^[^\x00]*$", description="Was said in the call; in capitals or not."),
    ] = ""
    limit: PageSize = 50
    cursor: Cursor = ""


class RemindersQuery(BaseModel):
    """Which reminders."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[
        str,
        Field(max_length=64, pattern=r"^[^\x00]*$", description="Who is to do it.", examples=["assistant"]),
    ] = ""
    due_from: Annotated[Moment | None, Field(description="Due then or later.")] = None
    due_before: Annotated[Moment | None, Field(description="Due earlier.")] = None
    limit: PageSize = 50
    cursor: Cursor = ""


class CallReading:
    """Serves what is kept of calls.

    Args:
        store: Where the calls are.
        search: Finds them.
        agenda: Finds reminders.
        prices: For the bill of each call.
        recordings: The folder of recordings.
        utc_now: The time of day.
    """

    def __init__(
        self,
        store: Store,
        search: Search,
        agenda: Agenda,
        *,
        prices: Prices,
        recordings: Path,
        utc_now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._search = search
        self._agenda = agenda
        self._prices = prices
        self._recordings = recordings
        self._utc_now = utc_now

    async def calls(self, request: Request) -> Response:
        """``GET /call``."""
        asked = read_query(request, CallsQuery)
        query = CallQuery(
            number_prefix=asked.phone_number,
            started_from=asked.started_from,
            started_before=asked.started_before,
            satisfaction=asked.satisfaction,
            next_action=asked.next_action,
            text=asked.text,
            is_live=asked.in_progress,
        )
        try:
            page = await self._search.find(query, limit=asked.limit, cursor=asked.cursor)
        except UnreadableCursor as error:
            raise _no_page() from error
        shown = [summary_get(each) for each in page.calls]
        return json_response(CallsGet(calls=shown, next_cursor=page.next_cursor or None))

    async def call(self, request: Request) -> Response:
        """``GET /call/{call}``."""
        history = await find_call(self._store, request)
        # Off the loop: it looks at files, and a long call has much to show.
        return await asyncio.to_thread(self._shown, history)

    def _shown(self, history: CallHistory) -> Response:
        cost = call_cost(history, self._prices, self._utc_now())
        return json_response(call_get(history, cost, recordings_of(history, self._recordings)))

    async def call_reminders(self, request: Request) -> Response:
        """``GET /call/{call}/reminder``."""
        history = await find_call(self._store, request)
        return json_response(RemindersGet(reminders=[reminder_get(each) for each in history.due], next_cursor=None))

    async def reminders(self, request: Request) -> Response:
        """``GET /reminder``."""
        asked = read_query(request, RemindersQuery)
        query = ReminderQuery(owner=asked.owner, due_from=asked.due_from, due_before=asked.due_before)
        try:
            page = await self._agenda.find(query, limit=asked.limit, cursor=asked.cursor)
        except UnreadableCursor as error:
            raise _no_page() from error
        shown = [reminder_get(each) for each in page.reminders]
        return json_response(RemindersGet(reminders=shown, next_cursor=page.next_cursor or None))


def _no_page() -> RequestRefused:
    return RequestRefused(404, "There is no such page", ["cursor: no page has given it"])


def reading_operations(reading: CallReading) -> list[Operation]:
    """What can be read of calls."""
    no_page = Answer(description="The cursor leads to no page.")
    return [
        Operation(
            method="GET",
            path="/call",
            endpoint=reading.calls,
            operation_id="listCalls",
            tag="calls",
            summary="Find calls",
            description="Calls that are up come first, then the newest. Calls that begin meanwhile move no page.",
            query=CallsQuery,
            answers={
                200: Answer(
                    description="A page of calls.",
                    model=CallsGet,
                    example={"calls": [summary_example()], "next_cursor": None},
                ),
                404: no_page,
            },
        ),
        Operation(
            method="GET",
            path="/call/{call}",
            endpoint=reading.call,
            operation_id="getCall",
            tag="calls",
            summary="Read one call",
            description="Everything that is known of it, also while it is up.",
            parameters=[call_parameter()],
            answers={200: Answer(description="The call.", model=CallGet, example=call_example()), 404: no_call()},
        ),
        Operation(
            method="GET",
            path="/call/{call}/reminder",
            endpoint=reading.call_reminders,
            operation_id="listCallReminders",
            tag="reminders",
            summary="List the reminders of a call",
            parameters=[call_parameter()],
            answers={200: _reminders_answer(), 404: no_call()},
        ),
        Operation(
            method="GET",
            path="/reminder",
            endpoint=reading.reminders,
            operation_id="listReminders",
            tag="reminders",
            summary="Find reminders",
            description="Those due first come first. Of several with one title in a call, the last counts.",
            query=RemindersQuery,
            answers={200: _reminders_answer(), 404: no_page},
        ),
    ]


def _reminders_answer() -> Answer:
    return Answer(
        description="Reminders.", model=RemindersGet, example={"reminders": [reminder_example()], "next_cursor": None}
    )

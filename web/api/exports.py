"""Conversations for fine-tuning over HTTP: as a stream of JSON lines, and what would be in it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from calls.daily_costs import days
from calls.export.exporter import Exporter, ExportReport
from stores.archive import Period
from web.api.answers import json_response
from web.api.models import ExportReportGet, WithheldGet
from web.api.operations import Answer, Operation
from web.api.parameters import Day, read_query

_EXAMPLE = (
    '{"messages":[{"role":"system","content":"You are Amelia …"},{"role":"user","content":"My name is [NAME_1]."},'
    '{"role":"assistant","content":"Thank you, [NAME_1]."}],"tools":[]}\n'
)


class ExportQuery(BaseModel):
    """Which calls."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Day | None, Field(description="The first day of calls, UTC.")] = None
    until: Annotated[Day | None, Field(description="The last day of calls, UTC.")] = None

    @property
    def period(self) -> Period:
        """The same as a period."""
        return days(self.since, self.until)


def export_operations(exporter: Exporter) -> list[Operation]:
    """What can be exported."""

    async def stream(request: Request) -> Response:
        period = read_query(request, ExportQuery).period
        await exporter.count(period)  # a store that is away is told with a status, not in the middle of a stream
        return StreamingResponse(
            _lines(exporter, period), media_type="application/jsonl", headers={"cache-control": "no-store"}
        )

    async def report(request: Request) -> Response:
        found = ExportReport()
        async for call in exporter.calls(read_query(request, ExportQuery).period):
            found.add(call)
        return json_response(
            ExportReportGet(
                calls=found.calls,
                exported=found.exported,
                empty=found.empty,
                withheld=[WithheldGet(call_id=call_id, kinds=list(kinds)) for call_id, kinds in found.withheld],
                replaced=dict(sorted(found.replaced.items())),
            )
        )

    return [
        Operation(
            method="GET",
            path="/export",
            endpoint=stream,
            operation_id="exportConversations",
            tag="export",
            summary="Export conversations for fine-tuning",
            description=(
                "Calls that are over, one a line, in OpenAI's format of chat fine-tuning. Personal data has become "
                "placeholders, the same for the same thing throughout a call. A call in which anything personal was "
                "found afterwards is left out; the report names it."
            ),
            query=ExportQuery,
            answers={200: _lines_answer()},
        ),
        Operation(
            method="GET",
            path="/export/report",
            endpoint=report,
            operation_id="reportExport",
            tag="export",
            summary="What an export replaces and withholds",
            description="Counts by kind, never what was replaced. It does the same work as the export.",
            query=ExportQuery,
            answers={200: _report_answer()},
        ),
    ]


def _lines_answer() -> Answer:
    return Answer(
        description="JSON lines.", schema={"type": "string"}, media_type="application/jsonl", example=_EXAMPLE
    )


def _report_answer() -> Answer:
    return Answer(
        description="The report.",
        model=ExportReportGet,
        example={
            "calls": 3,
            "exported": 1,
            "empty": 1,
            "withheld": [{"call_id": "5f2b7c0e9d3a4b6c8e1f0a2d4c6b8e0f", "kinds": ["NAME"]}],
            "replaced": {"NAME": 4, "PHONE": 1},
        },
    )


async def _lines(exporter: Exporter, period: Period) -> AsyncIterator[bytes]:
    async with aclosing(exporter.calls(period)) as calls:
        async for call in calls:
            if call.line:
                yield call.line

"""What calls cost, by day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from calls.costs import summed
from calls.daily_costs import DailyCosts
from web.api.answers import json_response
from web.api.call_view import cost_fields, cost_get
from web.api.examples import cost_example
from web.api.models import CostsGet, DayCostGet
from web.api.operations import Answer, Operation
from web.api.parameters import Day, read_query

_SHOWN_DAYS: Final = 30


class CostsQuery(BaseModel):
    """Which days."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Day | None, Field(description="The first day, UTC. Without: 30 days before the last.")] = None
    until: Annotated[Day | None, Field(description="The last day, UTC. Without: today.")] = None


def cost_operations(costs: DailyCosts, *, utc_now: Callable[[], datetime]) -> list[Operation]:
    """What can be read of costs."""

    async def by_day(request: Request) -> Response:
        asked = read_query(request, CostsQuery)
        last = asked.until or utc_now().date()
        first = asked.since or last - min(timedelta(days=_SHOWN_DAYS - 1), last - last.min)
        days = await costs.of(first, last)
        return json_response(
            CostsGet(
                currency="USD",
                days=[DayCostGet.model_validate({"day": d.day, "calls": d.calls, **cost_fields(d.cost)}) for d in days],
                total=cost_get(summed(day.cost for day in days)),
            )
        )

    example = cost_example()
    return [
        Operation(
            method="GET",
            path="/cost",
            endpoint=by_day,
            operation_id="listCosts",
            tag="costs",
            summary="Sum up what calls cost",
            description="By day, of the calls that began on it; by the configured prices. Each line of a bill says "
            "whether it is an estimate.",
            query=CostsQuery,
            answers={
                200: Answer(
                    description="The days that had calls, and their sum.",
                    model=CostsGet,
                    example={
                        "currency": "USD",
                        "days": [{**example, "day": "2026-11-20", "calls": 1}],
                        "total": example,
                    },
                )
            },
        )
    ]

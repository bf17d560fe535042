"""Costs over HTTP."""

from datetime import date

import httpx2
import pytest

from web.api.models import CostsGet


async def test_days_and_their_sum(api: httpx2.AsyncClient) -> None:
    """The last thirty days, unless others are asked for; days without calls are left out."""
    for query in ("", "?since=2026-11-20&until=2026-11-20", "?since=2026-11-20"):
        costs = CostsGet.model_validate_json((await api.get(f"/cost{query}")).content)
        (day,) = costs.days
        assert (day.day, day.calls, costs.currency) == (date(2026, 11, 20), 3, "USD")
        assert day.total_usd == costs.total.total_usd > 0
        # one minute of line and of listening, 59 s and 60 s of recording
        by_kind = {item.kind.value: item for item in day.items}
        assert by_kind["telephone"].usd == pytest.approx(0.004)
        assert by_kind["speech_to_text"].usd == pytest.approx(1 / 60, abs=1e-6)
        assert by_kind["recording"].quantity == pytest.approx((60 + 59) / 60, abs=1e-3)
        assert by_kind["model"].model == "gpt-4.1"
        assert by_kind["model"].usd == pytest.approx(0.0035)


@pytest.mark.parametrize("query", ["since=2026-11-21", "until=2026-11-19", "since=2026-12-01&until=2026-01-01"])
async def test_days_without_calls(api: httpx2.AsyncClient, query: str) -> None:
    """Nothing, and no error."""
    empty = {"total_usd": 0.0, "is_estimate": False, "items": []}
    assert (await api.get(f"/cost?{query}")).json() == {"currency": "USD", "days": [], "total": empty}


async def test_the_ends_of_time(api: httpx2.AsyncClient) -> None:
    """A day before which, or after which, there is none."""
    for query in ("until=0001-01-02", "since=0001-01-01&until=9999-12-31", "since=9999-12-31"):
        assert (await api.get(f"/cost?{query}")).status_code == 200

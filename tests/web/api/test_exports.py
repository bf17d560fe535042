"""Exports over HTTP."""

import json

import httpx2
import pytest

from stores.errors import StoreUnavailable
from tests.web.api.filled import CALL_ID
from web.api.models import ExportReportGet


async def test_lines_are_streamed(api: httpx2.AsyncClient) -> None:
    """Of calls that are over and in which both sides spoke; nothing personal is in them."""
    response = await api.get("/export")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/jsonl")
    (line,) = response.text.splitlines()
    contents = [each.get("content", "") for each in json.loads(line)["messages"]]
    assert "A leak at [ADDRESS_1]." in contents
    assert "Oak" not in line
    assert (await api.get("/export?since=2026-11-21")).text == ""
    assert (await api.get("/export?until=2026-11-20")).text == response.text


async def test_the_report(api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much was replaced, by kind; and what is withheld, by call."""
    report = ExportReportGet.model_validate_json((await api.get("/export/report")).content)
    assert (report.calls, report.exported, report.empty, report.withheld) == (2, 1, 1, [])
    assert report.replaced["ADDRESS"] >= 1
    monkeypatch.setattr("calls.export.exporter.left_over", lambda *_: ["NAME"])
    report = ExportReportGet.model_validate_json((await api.get("/export/report")).content)
    assert [(each.call_id, each.kinds) for each in report.withheld] == [(CALL_ID, ["NAME"])]
    assert (await api.get("/export")).text == ""


async def test_a_store_that_is_away(api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told with a status, before the stream begins."""

    async def away(*_: object) -> int:
        raise StoreUnavailable("locked")

    monkeypatch.setattr("stores.archive.Archive.count", away)
    response = await api.get("/export")
    assert (response.status_code, response.json()["error"]["message"]) == (503, "The store does not answer")

"""The metrics page."""

import httpx2
import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette

from web.metrics import metrics_routes


@pytest.mark.parametrize("accept", ["*/*", "application/openmetrics-text; version=1.0.0"])
async def test_the_registry_is_shown(accept: str) -> None:
    """In the format that was asked for, with its type."""
    registry = CollectorRegistry()
    Counter("rings", "How often it rang", registry=registry).inc(3)
    app = Starlette(routes=metrics_routes(registry))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        response = await client.get("/metrics", headers={"accept": accept})
    assert response.status_code == 200
    assert "rings_total 3.0" in response.text
    assert response.headers["content-type"].startswith("application/openmetrics-text" if "open" in accept else "text/")
    assert response.text.rstrip().endswith("# EOF") == ("open" in accept)

"""The metrics, for Prometheus to fetch."""

import asyncio

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def metrics_routes(registry: CollectorRegistry) -> list[Route]:
    """``/metrics``: everything in the registry, in the text format that is asked for."""

    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        # Off the loop: it walks every metric.
        body = await asyncio.to_thread(encode, registry)
        return Response(body, headers={"content-type": content_type})

    return [Route("/metrics", metrics)]

"""Bodies of requests."""

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.serving import serving
from web.bodies import json_body
from web.errors import exception_handlers


async def test_json_of_a_bearable_length() -> None:
    """As it came; what says that it is something else, or is too long, is refused."""

    async def echo(request: Request) -> Response:
        return Response(await json_body(request, longest_bytes=10))

    app = Starlette(routes=[Route("/", echo, methods=["POST"])], exception_handlers=exception_handlers())
    as_json = {"content-type": "application/json; charset=utf-8"}
    async with serving(app) as address, aiohttp.ClientSession(f"http://{address}") as http:
        async with http.post("/", data=b"not json", headers=as_json) as response:
            assert (response.status, await response.read()) == (200, b"not json")
        async with http.post("/", data=b"x" * 11, headers=as_json) as response:
            assert response.status == 413
            assert "10 bytes" in await response.text()
        async with http.post("/", data=b"{}", headers={"content-type": "text/plain"}) as response:
            assert response.status == 415

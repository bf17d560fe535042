"""Bodies of requests."""

from starlette.requests import Request

from web.errors import RequestRefused


async def json_body(request: Request, *, longest_bytes: int) -> bytes:
    """The body of a request that is to be JSON; not parsed.

    Raises:
        RequestRefused: 415 when it says that it is something else, 413 when it is longer.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RequestRefused(415, "The body is to be JSON", ["content-type: must be application/json"])
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest_bytes:
            raise RequestRefused(413, "The body is too long", [f"at most {longest_bytes} bytes"])
    return bytes(body)

"""Models become answers."""

from web.api.answers import json_response
from web.api.models import LivenessGet


def test_a_model_is_json() -> None:
    """With its status and headers; nobody on the way keeps it."""
    response = json_response(LivenessGet(status="ok"), status_code=201, headers={"location": "/x"})
    assert (response.status_code, response.body) == (201, b'{"status":"ok"}')
    assert response.headers["content-type"] == "application/json"
    assert (response.headers["cache-control"], response.headers["location"]) == ("no-store", "/x")

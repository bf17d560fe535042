"""Placing calls over HTTP: what is taken, what is refused, and with which words."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette

from agent.claim import ClaimField, FieldType
from calls.initiate import CallInitiate
from calls.lifecycle import Deadlines
from calls.live import LiveCalls
from calls.settings import LiveCallsSettings
from stores.records import Direction
from tests.support.serving import serving
from tests.support.telephone import NOW, FakeControl, Notes
from web.call_api import call_routes, read_call_body
from web.errors import RequestRefused, exception_handlers

DEFAULT = CallInitiate("Contoso", "Amelia", "Help.", "+12025550199", claim=(ClaimField("name"),))
SEED: dict[str, Any] = {
    "bot_company": "Contoso",
    "bot_name": "Amélie",
    "phone_number": "+11234567890",
    "task": "Help the customer with their digital workplace.",
    "agent_phone_number": "+33612345678",
    "claim": [
        {"name": "hardware_info", "type": "text"},
        {"name": "first_seen", "type": "datetime"},
        {"name": "building_location", "type": "text"},
    ],
}
"""The body that the reference's documentation shows."""


def read(body: dict[str, Any]) -> tuple[str, CallInitiate]:
    """Read a body that is taken."""
    return read_call_body(json.dumps(body).encode(), DEFAULT)


def refused(body: object) -> tuple[int, tuple[str, ...]]:
    """Status and reasons with which a body is refused."""
    with pytest.raises(RequestRefused) as error:
        read_call_body(json.dumps(body).encode(), DEFAULT)
    return error.value.status_code, error.value.details


def test_the_body_of_the_reference() -> None:
    """What call-center-ai's documentation shows is taken as it stands."""
    number, about = read(SEED)
    assert number == "+11234567890"
    assert (about.bot_company, about.bot_name, about.agent_phone_number) == ("Contoso", "Amélie", "+33612345678")
    assert about.task == "Help the customer with their digital workplace."
    assert about.claim == (
        ClaimField("hardware_info"),
        ClaimField("first_seen", FieldType.DATETIME),
        ClaimField("building_location"),
    )


def test_what_is_not_said_is_as_configured() -> None:
    """A number alone is enough."""
    assert read({"phone_number": "+12025550143"}) == ("+12025550143", DEFAULT)
    assert read({"phone_number": "+1 (202) 555-0143", "agent_phone_number": None}) == ("+12025550143", DEFAULT)


def test_language_and_voice() -> None:
    """The language is the default one of the list; its English name is for the model."""
    lang = {
        "default_short_code": "fr-FR",
        "availables": [{"short_code": "fr-FR", "voice": "fr-FR-DeniseNeural", "pronunciations_en": ["French", "FR"]}],
    }
    _, about = read({"phone_number": "+12025550143", "lang": lang, "prosody_rate": 1})
    assert (about.language, about.language_name, about.prosody_rate) == ("fr-FR", "French", 1.0)


def test_a_call_is_held_in_what_we_speak() -> None:
    """The ordered languages, or ours after the ordered one, as our voices have them."""
    ours = replace(DEFAULT, languages=("en-US", "fr-FR", "de-DE"), language_by_number=(("+1", "de-DE"),))
    for lang, languages in (
        ({"default_short_code": "fr-CA"}, ("fr-FR", "en-US", "de-DE")),
        (
            {"default_short_code": "de-DE", "availables": [{"short_code": "en-GB"}, {"short_code": "de-DE"}]},
            ("de-DE", "en-US"),
        ),
    ):
        body = json.dumps({"phone_number": "+12025550143", "lang": lang}).encode()
        _, about = read_call_body(body, ours)
        assert (about.language, about.languages) == (lang["default_short_code"], languages)
        assert about.is_language_ordered
    strange = {"default_short_code": "it-IT", "availables": [{"short_code": "en-US"}, {"short_code": "it-IT"}]}
    with pytest.raises(RequestRefused) as refusal:
        read_call_body(json.dumps({"phone_number": "+12025550143", "lang": strange}).encode(), ours)
    assert refusal.value.status_code == 422
    assert list(refusal.value.details) == [
        "lang.default_short_code: it-IT is none of en-US, fr-FR, de-DE",
        "lang.availables.1: it-IT is none of en-US, fr-FR, de-DE",
    ]


@pytest.mark.parametrize(
    ("change", "details"),
    [
        ({"phone_number": None}, ["phone_number: input should be a valid string"]),
        ({"phone_number": "12"}, ["phone_number: must be a telephone number in E.164 form, as in +12025550143"]),
        ({"phone_number": "+1"}, ["phone_number: must be a telephone number in E.164 form, as in +12025550143"]),
        ({"agent_phone_number": "me"}, ["agent_phone_number: must be a telephone number in E.164 form, as in"]),
        ({"bot_nam": "x"}, ["bot_nam: there is no such field"]),
        ({"claim": []}, ["claim: must hold 1 to 64 fields"]),
        ({"claim": [{"name": "a", "kind": "text"}]}, ["claim.0.kind: there is no such field"]),
        ({"claim": [{"name": "A b"}]}, ["claim.0.name: string should match pattern"]),
        ({"claim": [{"name": "a", "type": "date"}]}, ["claim.0.type: input should be 'text', 'datetime'"]),
        ({"claim": [{"type": "text"}]}, ["claim.0.name: field required"]),
        (
            {"claim": [{"name": "a"}, {"name": "b"}, {"name": "a"}, {"name": "b"}]},
            ["claim.2.name: a is the name of claim.0 already", "claim.3.name: b is the name of claim.1 already"],
        ),
        ({"task": ""}, ["task: string should have at least 1 character"]),
        ({"task": 5}, ["task: input should be a valid string"]),
        ({"prosody_rate": 2}, ["prosody_rate: input should be less than or equal to 1.25"]),
        ({"lang": "fr-FR"}, ["lang: input should be an object"]),
        (
            {"lang": {"default_short_code": "fr-FR", "availables": [{"short_code": "en-US"}]}},
            ["lang: default_short_code is not among the availables"],
        ),
        (
            {"bot_company": "", "colour": "red"},
            ["bot_company: string should have at least 1 character", "colour: there is no such field"],
        ),
    ],
)
def test_every_reason_names_its_field(change: dict[str, Any], details: list[str]) -> None:
    """Each thing that is wrong is said, in one answer."""
    status, reasons = refused(SEED | change)
    assert status == 422
    assert len(reasons) == len(details)
    for reason, expected in zip(reasons, details, strict=True):
        assert reason.startswith(expected)


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object(body: object) -> None:
    """JSON that is no object is refused as a whole."""
    status, reasons = refused(body)
    assert status == 422
    assert reasons[0].startswith("body: ")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"phone_number=1"])
def test_a_body_that_is_no_json(body: bytes) -> None:
    """It is called what it is."""
    with pytest.raises(RequestRefused, match="not JSON") as error:
        read_call_body(body, DEFAULT)
    assert error.value.status_code == 400


class Site:
    """The route, with live calls behind it."""

    def __init__(self, *, number: str = "+15559998888", max_calls: int = 2) -> None:
        self.control, self.notes = FakeControl(), Notes()
        clock = asyncio.get_running_loop().time
        settings = LiveCallsSettings(
            public_url="http://bot.example",
            phone_number=number,
            max_calls=max_calls,
            deadlines=Deadlines(disconnect_s=0.05),  # at the end nobody tells that the calls have ended
        )
        self.live = LiveCalls(self.control, self.notes, self.notes, settings, clock=clock, utc_now=lambda: NOW)
        routes = call_routes(self.live, default=DEFAULT, utc_now=lambda: NOW)
        self._app = Starlette(routes=routes, exception_handlers=exception_handlers())

    async def post(self, body: object, **headers: str) -> tuple[int, Any]:
        """Post JSON over a real socket; the status, and the answer."""
        async with (
            serving(self._app) as address,
            aiohttp.ClientSession(f"http://{address}") as http,
            http.post("/call", json=body, headers=headers) as response,
        ):
            return response.status, await response.json()


async def test_a_call_is_placed() -> None:
    """The answer names the call and says what it is about; the service is asked, and the call is kept."""
    site = Site()
    async with site.live:
        status, shown = await site.post(SEED)
        assert status == 201
        assert shown["initiate"]["phone_number"] == "+11234567890"
        assert shown["initiate"]["claim"][1] == {
            "name": "first_seen",
            "type": "datetime",
            "description": "",
            "required": True,
        }
        await asyncio.sleep(0.2)
        (asked,) = site.control.answers
        assert (asked["to"], asked["from"]) == ("+11234567890", "+15559998888")
        (kept,) = site.notes.started
        assert (kept.call_id, kept.direction, kept.phone_number) == (
            *(shown["call_id"], Direction.OUTBOUND),
            "+11234567890",
        )
        assert kept.initiate is not None
        assert kept.initiate.bot_name == "Amélie"
        assert [each.name for each in kept.claim_fields] == ["hardware_info", "first_seen", "building_location"]


async def test_one_key_is_one_call() -> None:
    """Sent again, the order gives the call that it has given before; with another body it is a conflict."""
    site = Site()
    async with site.live:
        first, call = await site.post(SEED, **{"Idempotency-Key": "k-1"})
        again, same = await site.post(SEED, **{"Idempotency-Key": "k-1"})
        assert (first, again) == (201, 200)
        assert call["call_id"] == same["call_id"]
        other, _ = await site.post(SEED | {"task": "Another."}, **{"Idempotency-Key": "k-1"})
        assert other == 409
        assert (await site.post(SEED, **{"Idempotency-Key": "k-2"}))[0] == 201
        assert (await site.post(SEED, **{"Idempotency-Key": "k" * 300}))[0] == 400
        assert len(site.notes.started) == 2


async def test_no_call_can_be_placed() -> None:
    """Without a number of ours, when as many calls are up as may be, and while we stop: 503, and why."""
    nameless = Site(number="")
    async with nameless.live:
        status, answer = await nameless.post(SEED)
        assert status == 503
        assert "communication_services.phone_number" in answer["error"]["details"][0]
    full = Site(max_calls=1)
    async with full.live:
        assert (await full.post(SEED))[0] == 201
        _, answer = await full.post(SEED)
        assert answer["error"]["details"] == ["as many calls are up as may be"]
    assert (await full.post(SEED))[0] == 503
    assert (await full.post("x" * 300_000))[0] == 413

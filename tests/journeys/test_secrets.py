"""A whole call with a recognisable value in every secret: none of them stands in anything that the server puts out."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.call_result import CallEvent, CallResult
from emulators.phone import PhoneNetwork
from emulators.scenario import HangUp, Line, Scenario
from emulators.server_process import ServerProcess
from providers.piper import PiperTextToSpeech
from tests.support.serving import serving
from tests.support.whole import UNHURRIED
from web.api_keys import hash_of

ACCESS_KEY = base64.b64encode(b"recognisable-access-key-of-the-resource").decode()
EVENT_GRID_SECRET = "recognisable-event-grid-secret/+="
LLM_KEY = "recognisable-key-of-the-language-model"
WRONG_KEY = "recognisable-key-that-is-wrong"
SCENARIO = Scenario("secrets", (Line("It happened in Boston."), HangUp()), patience=UNHURRIED)


@dataclass
class Seen:
    """What the server put out, and the secrets that came up on the way."""

    texts: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    async def ask(self, http: aiohttp.ClientSession, method: str, path: str, **options: object) -> int:
        """Make a request and keep all of its answer but the cookie, whose place is there."""
        async with http.request(method, path, allow_redirects=False, **options) as response:  # type: ignore[arg-type]
            for cookie in response.cookies.values():
                self.secrets[f"session {len(self.secrets)}"] = cookie.value
            headers = "\n".join(
                f"{name}: {value}" for name, value in response.headers.items() if name.lower() != "set-cookie"
            )
            body = (await response.read()).decode("utf-8", "replace")
            self.texts[f"{method} {path.partition('?')[0]} {len(self.texts)}"] = f"{headers}\n\n{body}"
            return response.status

    def findings(self) -> list[str]:
        """Which secret stands where, as it is, in another form, or its beginning alone."""
        return [
            f"{name} in {place}"
            for name, secret in self.secrets.items()
            for place, text in self.texts.items()
            if any(form in text for form in forms_of(secret))
        ]


def forms_of(secret: str) -> tuple[str, ...]:
    """The forms in which it could have been written."""
    return secret, quote(secret, safe=""), secret[:24], base64.b64encode(secret.encode()).decode()[:24]


async def test_no_secret_is_put_out(voice: PiperTextToSpeech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the log at its most talkative, the metrics, the pages, the live feed, the database, nor any other file."""
    seen = Seen(secrets={"access key": ACCESS_KEY, "event grid secret": EVENT_GRID_SECRET, "model key": LLM_KEY})
    out = tmp_path / "out"
    (tmp_path / "event_grid_secret").write_text(f"{EVENT_GRID_SECRET}\n", encoding="utf-8")
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(PhoneNetwork(access_key=ACCESS_KEY))
        keep_tokens(network, seen, monkeypatch)
        model = await stack.enter_async_context(serving(Starlette(routes=[Route("/{p:path}", echo, methods=["POST"])])))
        environment = {
            "COMMUNICATION_SERVICES__ENDPOINT": network.endpoint,
            "COMMUNICATION_SERVICES__ACCESS_KEY": ACCESS_KEY,
            "COMMUNICATION_SERVICES__EVENT_GRID_SECRET_FILE": str(tmp_path / "event_grid_secret"),
            "LLM__BASE_URL": f"http://{model}/v1",
            "LLM__API_KEY": LLM_KEY,
            "LLM__MODEL": "small",
            "MONITORING__LOG_LEVEL": "DEBUG",
            "DATABASE__URL": f"sqlite:///{out / 'calls.db'}",
            "DATABASE__RECORDINGS_PATH": str(out / "recordings"),
            "FEATURES__RECORDING_ENABLED": "true",
            "SPEECH__SPEED": "1.25",
        }
        async with ServerProcess(environment, log_path=out / "server.log") as server:
            seen.secrets["API key"] = server.headers["Authorization"].removeprefix("Bearer ")
            seen.secrets["wrong key"] = WRONG_KEY
            result = await call_and_look(server, network, voice, seen)
    assert result.is_ok, result.protocol_errors
    for path in sorted(file for file in out.rglob("*") if file.is_file()):
        seen.texts[path.name] = path.read_bytes().decode("latin-1")
    check_places(seen)
    assert {name.split()[0] for name in seen.secrets} >= {"session", "call", "callback", "media", "context"}
    assert seen.findings() == []


def keep_tokens(network: PhoneNetwork, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token that the service signs is a secret."""
    for kind in ("callback_token", "media_token"):
        sign = getattr(network.tokens, kind)

        def signed(kind: str = kind, sign: object = sign) -> str:
            assert callable(sign)
            token: str = sign()
            # The head of a token is the same for all, and says nothing.
            seen.secrets[f"{kind.replace('_', ' ')} {len(seen.secrets)}"] = token.split(".", 1)[1]
            return token

        monkeypatch.setattr(network.tokens, kind, signed)


async def echo(request: Request) -> Response:
    """A model service that refuses, and repeats the key as real ones do."""
    key = request.headers.get("authorization", "")
    message = f"Incorrect API key provided: {key}."
    return JSONResponse({"error": {"message": message, "code": "invalid_api_key"}}, status_code=401)


async def call_and_look(
    server: ServerProcess, network: PhoneNetwork, voice: PiperTextToSpeech, seen: Seen
) -> CallResult:
    """One call, watched live; meanwhile good and bad visitors at every door."""
    is_talking = asyncio.Event()

    def listen(event: CallEvent) -> None:
        if event.name in ("caller_speaks", "ended"):
            is_talking.set()

    webhook_url = f"{server.url}/eventgrid?secret={quote(EVENT_GRID_SECRET, safe='')}"
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch(server, seen))
        calling = tasks.create_task(network.call(SCENARIO, voice=voice, webhook_url=webhook_url, listener=listen))
        await is_talking.wait()
        for name, secret in secrets_of_calls(network):
            seen.secrets[f"{name} {len(seen.secrets)}"] = secret
        await visit(server, network, seen)
        result = await calling
        await visit(server, network, seen)
        watching.cancel()
    return result


def secrets_of_calls(network: PhoneNetwork) -> Iterator[tuple[str, str]]:
    """The secret in the addresses of each call, and the word that answers it."""
    for leg in network._switchboard._by_context.values():
        assert leg.answer is not None
        yield "call secret", leg.answer.callback_uri.rpartition("/")[2]
        yield "context", leg.incoming_call_context


async def watch(server: ServerProcess, seen: Seen) -> None:
    """Keep what the live feed says."""
    timeout = aiohttp.ClientTimeout(total=None)
    session = aiohttp.ClientSession(server.url, headers=server.headers, timeout=timeout)
    async with session as http, http.get("/live") as response:
        async for line in response.content:
            seen.texts["live"] = seen.texts.get("live", "") + line.decode()


async def visit(server: ServerProcess, network: PhoneNetwork, seen: Seen) -> None:
    """All pages, with and without what opens them; all webhooks, with good and bad words."""
    (leg,) = network._switchboard._by_context.values()
    assert leg.answer is not None
    callback = urlsplit(leg.answer.callback_uri).path
    call_id = callback.split("/")[-2]
    key = seen.secrets["API key"]
    grid = f"/eventgrid?secret={quote(EVENT_GRID_SECRET, safe='')}"
    wrong = {"authorization": f"Bearer {WRONG_KEY}"}
    async with aiohttp.ClientSession(server.url) as http:
        for path in ("/metrics", "/health/readiness", "/report", f"/report/{call_id}", "/report/unknown"):
            await seen.ask(http, "GET", path, headers=server.headers)
        assert await seen.ask(http, "GET", f"/report?key={key}") == 303
        assert await seen.ask(http, "GET", f"/report?key={WRONG_KEY}", headers={"accept": "text/html"}) == 401
        assert await seen.ask(http, "POST", "/login", data={"key": key}) == 303
        assert await seen.ask(http, "POST", "/login", data={"key": WRONG_KEY}) == 401
        assert await seen.ask(http, "GET", "/live", headers=wrong) == 401
        assert await seen.ask(http, "GET", "/metrics", headers={"api-key": WRONG_KEY}) == 401
        assert await seen.ask(http, "POST", f"/eventgrid?secret={WRONG_KEY}", data=b"[]") == 401
        assert await seen.ask(http, "POST", grid, data=EVENT_GRID_SECRET.encode()) == 400
        assert await seen.ask(http, "PUT", grid) == 405
        bearer = {"authorization": f"Bearer {network.tokens.callback_token()}"}
        assert await seen.ask(http, "POST", callback, data=b"no json", headers=bearer) == 400
        assert await seen.ask(http, "POST", callback, data=b"[]", headers=wrong) == 401
        assert await seen.ask(http, "POST", f"/acs/callback/{call_id}/{WRONG_KEY}", data=b"[]", headers=bearer) == 404
        assert await seen.ask(http, "GET", f"/media/{call_id}/{WRONG_KEY}") == 404


def check_places(seen: Seen) -> None:
    """The search finds what is there, everywhere where it looks."""
    assert {"server.log", "calls.db", "live"} <= set(seen.texts)
    assert "event=model_failed" in seen.texts["server.log"]
    assert "event=refused door=web reason=wrong_key" in seen.texts["server.log"]
    assert "Boston" in seen.texts["live"]
    assert "Boston" in "".join(text for place, text in seen.texts.items() if place.startswith("calls.db"))
    told = Seen(texts={"log": f"a {quote(EVENT_GRID_SECRET, safe='')} b"}, secrets={"s": EVENT_GRID_SECRET})
    assert told.findings() == ["s in log"]
    assert hash_of(seen.secrets["API key"]) not in "".join(seen.texts.values())

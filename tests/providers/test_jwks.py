"""Keys over a real socket: fetched once, shared, kept through an outage, renewed when a new one signs."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from calls.doors import Refusal
from calls.errors import Refused, UnreadableKeys
from calls.signing_keys import KeyRing
from emulators.acs_tokens import KEYS_PATH, AcsTokens
from providers.jwks import JwksKeys, fetch_keys
from tests.support.serving import serving
from tests.support.signing import signing_key


@dataclass
class Issuer:
    """Publishes keys, as the test wants it."""

    key_ids: tuple[str, ...] = ("k1",)
    status: int = 200
    body: bytes | None = None
    redirects: bool = False
    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.gate.set()

    async def publish(self, request: Request) -> Response:
        """Answer one fetch."""
        self.asked += 1
        await self.gate.wait()
        if self.redirects:
            return RedirectResponse("/elsewhere")
        keys = json.dumps({"keys": [signing_key(key_id).published for key_id in self.key_ids]}).encode()
        return Response(keys if self.body is None else self.body, status_code=self.status)


@asynccontextmanager
async def fetching(issuer: Issuer, *, ring: KeyRing | None = None, timeout_s: float = 30.0) -> AsyncIterator[JwksKeys]:
    """The keys of this issuer, by its clock."""
    app = Starlette(routes=[Route("/keys", issuer.publish), Route("/elsewhere", issuer.publish)])
    async with (
        serving(app) as address,
        JwksKeys(f"http://{address}/keys", ring=ring, timeout_s=timeout_s, clock=lambda: issuer.now) as keys,
    ):
        yield keys


async def refusal(keys: JwksKeys, key_id: str) -> Refusal:
    """Why there is no such key."""
    with pytest.raises(Refused) as refused:
        await keys.key(key_id)
    return refused.value.reason


async def until_asked(issuer: Issuer, times: int) -> None:
    """Wait until the issuer was asked so often."""
    async with asyncio.timeout(30):
        while issuer.asked < times:
            await asyncio.sleep(0.005)


async def test_the_first_fetch_waits_for_nobody() -> None:
    """It begins before a token comes; those that come share it."""
    issuer = Issuer()
    issuer.gate.clear()
    async with fetching(issuer) as keys:
        await until_asked(issuer, 1)
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(keys.key("k1")) for _ in range(20)]
            await asyncio.sleep(0)
            issuer.gate.set()
        held = await keys.key("k1")
        assert all(task.result() is held for task in waiting)
    assert issuer.asked == 1


async def test_a_new_key_is_fetched_when_it_signs() -> None:
    """A rotation is noticed with the first token of the new key; the withdrawn key is gone."""
    issuer = Issuer()
    async with fetching(issuer) as keys:
        await keys.key("k1")
        issuer.key_ids = ("k2",)
        await keys.key("k2")
        assert issuer.asked == 2
        assert await refusal(keys, "k1") is Refusal.UNKNOWN_KEY


async def test_invented_keys_are_not_asked_for_without_end() -> None:
    """The issuer is asked five times at most, and again when time has passed."""
    issuer = Issuer()
    async with fetching(issuer) as keys:
        reasons = {await refusal(keys, f"invented-{n}") for n in range(50)}
        assert reasons == {Refusal.UNKNOWN_KEY}
        assert issuer.asked == 5
        issuer.key_ids, issuer.now = ("k2",), 10.0
        await keys.key("k2")


@pytest.mark.parametrize("outage", [{"status": 503}, {"body": b"<html>"}, {"body": b"{}"}, {"redirects": True}])
async def test_an_outage_takes_no_key_away(outage: dict[str, object]) -> None:
    """What is held opens as before, however old; of other keys nobody can tell."""
    issuer = Issuer()
    async with fetching(issuer) as keys:
        held = await keys.key("k1")
        for name, value in outage.items():
            setattr(issuer, name, value)
        issuer.now = 1_000_000.0
        assert await keys.key("k1") is held
        await until_asked(issuer, 2)
        assert await refusal(keys, "k2") is Refusal.KEYS_UNAVAILABLE
        assert await keys.key("k1") is held


async def test_stale_keys_are_renewed_behind_whoever_asks() -> None:
    """The token that finds them stale does not wait for the new ones."""
    issuer = Issuer()
    async with fetching(issuer, ring=KeyRing(stale_after_s=60)) as keys:
        await keys.key("k1")
        issuer.gate.clear()
        issuer.now = 60.0
        async with asyncio.timeout(30):
            await keys.key("k1")
        await until_asked(issuer, 2)
        issuer.gate.set()


async def test_an_issuer_that_is_silent_is_given_up() -> None:
    """After the timeout; and it is asked again when it may be there again."""
    issuer = Issuer()
    issuer.gate.clear()
    async with fetching(issuer, timeout_s=0.05) as keys:
        assert await refusal(keys, "k1") is Refusal.KEYS_UNAVAILABLE
        issuer.gate.set()


async def test_an_issuer_that_never_ends_is_cut_off() -> None:
    """No more is read than any JWKS has."""
    issuer = Issuer(body=b" " * 300_000)
    async with fetching(issuer) as keys:
        assert await refusal(keys, "k1") is Refusal.KEYS_UNAVAILABLE


async def test_an_issuer_that_is_not_there_keeps_nobody_from_starting(unused_tcp_port: int) -> None:
    """The server starts without it, and refuses what it cannot check."""
    async with JwksKeys(f"http://127.0.0.1:{unused_tcp_port}/keys") as keys:
        assert await refusal(keys, "k1") is Refusal.KEYS_UNAVAILABLE


@pytest.mark.parametrize(("is_often_away", "level"), [(True, "INFO"), (False, "WARNING")])
async def test_that_an_emulator_is_away_is_no_warning(
    unused_tcp_port: int, caplog: pytest.LogCaptureFixture, is_often_away: bool, level: str
) -> None:
    """It comes with a call; of an issuer in the world it is to be seen to."""
    with caplog.at_level(logging.INFO, logger="providers.jwks"):
        async with JwksKeys(f"http://127.0.0.1:{unused_tcp_port}/keys", is_often_away=is_often_away) as keys:
            await refusal(keys, "k1")
    assert {record.levelname for record in caplog.records if "signing_keys_not_fetched" in record.message} == {level}


async def test_whoever_gives_up_ends_it_for_nobody_else() -> None:
    """A request that is cancelled while it waits leaves the fetch to the others."""
    issuer = Issuer()
    issuer.gate.clear()
    async with fetching(issuer) as keys, asyncio.TaskGroup() as tasks:
        leaving, staying = tasks.create_task(keys.key("k1")), tasks.create_task(keys.key("k1"))
        await until_asked(issuer, 1)
        leaving.cancel()
        await asyncio.sleep(0)
        issuer.gate.set()
        assert await staying is not None
        assert leaving.cancelled()


async def test_leaving_ends_a_fetch_that_is_under_way() -> None:
    """Nothing is left of it, and nothing is raised."""
    issuer, before = Issuer(), asyncio.all_tasks()
    issuer.gate.clear()
    app = Starlette(routes=[Route("/keys", issuer.publish)])
    async with serving(app) as address:
        async with JwksKeys(f"http://{address}/keys"):
            await until_asked(issuer, 1)
        assert not any(task.get_name() == "fetch signing keys" for task in asyncio.all_tasks() - before)
        issuer.gate.set()


async def test_the_emulator_publishes_what_is_read_here() -> None:
    """Its keys can be fetched, and those that it withdraws are gone."""
    tokens = AcsTokens()
    async with (
        serving(Starlette(routes=tokens.routes())) as address,
        JwksKeys(f"http://{address}{KEYS_PATH}") as keys,
    ):
        old = tokens.key.key_id
        await keys.key(old)
        tokens.rotate(withdraw_old=True)
        await keys.key(tokens.key.key_id)
        assert await refusal(keys, old) is Refusal.UNKNOWN_KEY
        assert tokens.keys_asked == 3


async def test_keys_are_fetched_once_for_whoever_asks() -> None:
    """By their ids; what is wrong with an issuer is told."""
    issuer = Issuer(key_ids=("k1", "k2"))
    async with serving(Starlette(routes=[Route("/keys", issuer.publish)])) as address:
        assert set(await fetch_keys(f"http://{address}/keys", timeout_s=30.0)) == {"k1", "k2"}
        issuer.status = 503
        with pytest.raises(UnreadableKeys, match="answered 503"):
            await fetch_keys(f"http://{address}/keys", timeout_s=30.0)
    for url in ("http://127.0.0.1:1/keys", "no address"):
        with pytest.raises(UnreadableKeys, match="could not be reached"):
            await fetch_keys(url)

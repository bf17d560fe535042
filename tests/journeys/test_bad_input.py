"""A call among garbage: everything malformed is refused, counted and explained, and the call is as if nothing were."""

import asyncio
import base64
import io
import json
import logging
import re
from collections import Counter
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from assembly.engines import Engines
from emulators.call_result import CallEvent, CallResult
from emulators.expectation import Expectation, Text
from emulators.phone_call import CallOptions
from emulators.scenario import Line, Scenario
from media.line import Rejection
from providers.piper import PiperTextToSpeech
from tests.support.whole import UNHURRIED, Whole, whole

CLAIM = [{"name": "incident_location", "description": "Where did it happen?"}]
SCENARIO = Scenario(
    "among garbage",
    (Line("It happened in Boston."), Line("Yes, that is right.")),
    patience=UNHURRIED,
    expectation=Expectation({"incident_location": Text("In Boston", 0.5)}),
)


def audio(**fields: object) -> str:
    """An AudioData message of these fields."""
    return json.dumps({"kind": "AudioData", "audioData": fields})


def metadata(**fields: object) -> str:
    """An AudioMetadata message of a good stream, but for these fields."""
    good = {"encoding": "PCM", "sampleRate": 16_000, "channels": 1}
    return json.dumps({"kind": "AudioMetadata", "audioMetadata": {**good, **fields}})


def base64_of(size_bytes: int) -> str:
    """So many bytes."""
    return base64.b64encode(bytes(size_bytes)).decode()


ODD_MESSAGES: tuple[tuple[str | bytes, Rejection], ...] = (
    ("", Rejection.NOT_JSON),
    ("hello", Rejection.NOT_JSON),
    ('{"kind":"AudioData","audioData":{"data":"AAA', Rejection.NOT_JSON),
    ("[" * 20_000, Rejection.NOT_JSON),
    ("[]", Rejection.NOT_AN_OBJECT),
    ("null", Rejection.NOT_AN_OBJECT),
    (b"\x00\x01\x02\x03", Rejection.BINARY),
    (b"", Rejection.BINARY),
    (audio(data="A" * 300_000), Rejection.TOO_LONG),
    ("{}", Rejection.MISSING_KIND),
    ('{"kind":17}', Rejection.MISSING_KIND),
    ('{"kind":"PlayAudio","audioData":{"data":"AAAA"}}', Rejection.UNKNOWN_KIND),
    ('{"kind":"StopAudio","stopAudio":{}}', Rejection.UNKNOWN_KIND),
    ('{"kind":"AudioData"}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioData","audioData":[]}', Rejection.MISSING_FIELD),
    (audio(silent=False), Rejection.MISSING_FIELD),
    ('{"kind":"DtmfData"}', Rejection.MISSING_FIELD),
    (audio(data=17), Rejection.WRONG_TYPE),
    (audio(data=base64_of(640), silent="no"), Rejection.WRONG_TYPE),
    (audio(data=base64_of(640), participantRawID=4), Rejection.WRONG_TYPE),
    (audio(data="!!!"), Rejection.BAD_BASE64),
    (audio(data="AAA"), Rejection.BAD_BASE64),
    (audio(data=base64_of(641)), Rejection.ODD_SIZE),
    (audio(data=""), Rejection.EMPTY),
    (audio(data=base64_of(640), participantRawID="4:+12025559999"), Rejection.OTHER_PARTICIPANT),
    (metadata(sampleRate=44_100), Rejection.WRONG_RATE),
    (metadata(sampleRate=24_000), Rejection.WRONG_RATE),
    (metadata(sampleRate="16000"), Rejection.MISSING_FIELD),
    (metadata(encoding="MP3"), Rejection.WRONG_ENCODING),
    (metadata(channels=2), Rejection.WRONG_CHANNELS),
    ('{"kind":"DtmfData","dtmfData":{"data":"x"}}', Rejection.BAD_DIGIT),
    ('{"kind":"DtmfData","dtmfData":{"data":"12"}}', Rejection.BAD_DIGIT),
)
ROUNDS = 3
"""Three times all of them, 100 ms apart: through the greeting, the caller's lines and the answers."""

UNREADABLE: tuple[tuple[bytes, str], ...] = (
    (b"", "the body is not JSON"),
    (b"incoming=call", "the body is not JSON"),
    (b'[{"eventType":"Microsoft.Communication.IncomingCall"', "the body is not JSON"),
    (b"\xff\xfe\x00", "the body is not JSON"),
    (b"[" * 50_000, "the body is nested too deeply"),
    (b"[]", "the body holds no event"),
    (b"null", "the body is neither an event nor an array of events"),
    (b'"IncomingCall"', "the body is neither an event nor an array of events"),
    (b"{}", "type (or eventType) is missing"),
    (b'[{"type":5}]', "type is not a string"),
    (b'[{"type":"Microsoft.Communication.CallDisconnected","id":"1","data":"x"}]', "data is not an object"),
    (b'{"type":"Microsoft.Communication.CallDisconnected","id":1}', "id is not a string"),
)
"""Bodies that neither address of Azure can read, and what is said of them."""

INCOMPLETE: tuple[tuple[dict[str, object], str], ...] = (
    ({}, "correlationId is missing"),
    ({"correlationId": "c"}, "incomingCallContext is missing"),
    ({"correlationId": "c", "incomingCallContext": "x", "from": "+1"}, "from is not an object"),
)

ODD_REQUESTS: tuple[tuple[str, str, int], ...] = (
    ("GET", "/nowhere", 404),
    ("GET", "/report/no-such-call", 404),
    ("GET", "/report/..%2F..%2Fcalls.db/recording.wav", 404),
    ("GET", "/report/%00/recording.wav", 404),
    ("GET", "/report?phone_number=%27%3B%20DROP%20TABLE%20calls%3B--", 200),
    ("DELETE", "/report", 405),
    ("POST", "/metrics", 405),
    ("POST", "/health/readiness", 405),
    ("PUT", "/eventgrid", 405),
    ("GET", "/media/no-such-call/secret", 404),
)


async def test_a_call_survives_everything(
    engines: Engines, voice: PiperTextToSpeech, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While garbage comes over its own socket, both webhooks and the pages, a call gathers its claim."""
    caplog.set_level(logging.INFO)
    async with whole(engines, tmp_path, conversation={"claim": CLAIM}) as server:
        result = await call_among_garbage(server, voice)
        await server.built.journal.drained()
        (history,) = await server.built.store.latest_calls(limit=5)
        shown = await metrics(server)
    assert result.is_ok, result.protocol_errors
    assert result.server_hung_up
    assert SCENARIO.expectation.mismatches(history.claim, called_at=history.call.started_at) == ()
    assert history.call.end_reason == "assistant_hung_up"
    check_media(result, shown, caplog.messages)
    check_webhooks(shown, caplog.messages)


async def call_among_garbage(server: Whole, voice: PiperTextToSpeech) -> CallResult:
    """The call, and all the rest beside it."""
    is_talking = asyncio.Event()

    def listen(event: CallEvent) -> None:
        if event.name in ("caller_speaks", "ended"):
            is_talking.set()

    odd = tuple(message for message, _ in ODD_MESSAGES) * ROUNDS
    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(
            server.network.call(
                SCENARIO,
                voice=voice,
                webhook_url=server.webhook_url,
                options=CallOptions(odd_messages=odd),
                listener=listen,
            )
        )
        async with asyncio.timeout(60):
            await is_talking.wait()
        async with aiohttp.ClientSession(server.url, headers=server.headers) as http:
            await odd_requests(http)
        async with aiohttp.ClientSession(server.url) as http:
            await refused_deliveries(http)
            await refused_callbacks(http, callback_address(server), server.network.tokens.callback_token())
        assert "400" in await no_http(server)
        assert not call.done(), "the garbage came too late"
    return call.result()


def callback_address(server: Whole) -> str:
    """Where the service posts what it says about the one call that is up."""
    (path,) = {path for path in server.paths if path.startswith("/acs/callback/")}
    return path


async def refused_deliveries(http: aiohttp.ClientSession) -> None:
    """Event Grid's address refuses each body and says why."""
    for body, reason in UNREADABLE:
        async with http.post("/eventgrid", data=body) as response:
            assert response.status == 400
            assert reason in " ".join((await response.json())["error"]["details"])
    for data, reason in INCOMPLETE:
        event = {"id": "1", "eventType": "Microsoft.Communication.IncomingCall", "data": data}
        async with http.post("/eventgrid", json=[event]) as response:
            assert response.status == 400
            assert (await response.json())["error"]["details"] == [f"Microsoft.Communication.IncomingCall: {reason}"]
    async with http.post("/eventgrid", data=io.BytesIO(b" " * (1024 * 1024 + 1))) as response:
        assert response.status == 413


async def refused_callbacks(http: aiohttp.ClientSession, address: str, token: str) -> None:
    """The call's own address refuses each body; with another secret there is nothing to be found."""
    signed = {"Authorization": f"Bearer {token}"}
    for body, reason in UNREADABLE:
        async with http.post(address, data=body, headers=signed) as response:
            assert response.status == 400
            assert reason in " ".join((await response.json())["error"]["details"])
    hang_up = json.dumps([{"type": "Microsoft.Communication.CallDisconnected", "id": "1", "data": {}}])
    call_id, secret = address.split("/")[-2:]
    for wrong in (f"{call_id}/{secret[:-1]}", f"{call_id}/wrong", f"unknown/{secret}"):
        async with http.post(f"/acs/callback/{wrong}", data=hang_up, headers=signed) as response:
            assert response.status == 404
            assert (await response.json())["error"]["message"] == "there is nothing here for you"
    event = {"type": "Microsoft.Communication.PlayCompleted", "id": "1"}
    async with http.post(address, json=[event], headers=signed) as response:
        assert response.status == 200


async def odd_requests(http: aiohttp.ClientSession) -> None:
    """The pages answer with the status that fits, and with a reason."""
    for method, path, status in ODD_REQUESTS:
        async with http.request(method, path) as response:
            assert (path, response.status) == (path, status)
            text = await response.text()
            if response.content_type == "application/json":
                assert json.loads(text)["error"]["message"]
            else:
                assert "<h1" in text


async def no_http(server: Whole) -> str:
    """What comes back for bytes that are no request."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode()


async def metrics(server: Whole) -> dict[tuple[str, str], float]:
    """Every sample by its name and its reason (empty without one)."""
    async with aiohttp.ClientSession(server.url, headers=server.headers) as http, http.get("/metrics") as response:
        text = await response.text()
    return {
        (sample.name, sample.labels.get("reason", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def check_media(result: CallResult, shown: dict[tuple[str, str], float], log: list[str]) -> None:
    """Each odd message is counted by its reason, in the metrics and in the log, which explains it."""
    sent = Counter(reason for _, reason in ODD_MESSAGES * ROUNDS)
    assert result.line.odd_messages_sent == sent.total() >= 15
    assert set(sent) == set(Rejection), "each reason is tried"
    counted = {reason: shown["call_messages_rejected_total", reason.value] for reason in sent}
    assert counted == sent
    logged: Counter[str] = Counter()
    for line in log:
        if found := re.search(r"event=messages_rejected .*reason=(\w+) count=(\d+) because=(\S+)", line):
            logged[found[1]] += int(found[2])
            assert found[3] == re.sub(r"[^\w.:,-]", "_", Rejection(found[1]).explanation)
    assert logged == {reason.value: count for reason, count in sent.items()}


def check_webhooks(shown: dict[tuple[str, str], float], log: list[str]) -> None:
    """What the webhooks refused is counted, and each reason stands in the log."""
    refused = 2 * len(UNREADABLE) + len(INCOMPLETE) + 1  # one was too long
    assert shown["webhook_events_refused_total", ""] == refused
    assert shown["webhook_requests_unauthorized_total", ""] == 3
    assert shown["webhook_calls_accepted_total", ""] == 1
    assert shown["webhook_calls_turned_away_total", ""] == 0
    explained = [line for line in log if line.startswith("an event was refused: ")]
    assert len(explained) == refused
    for reason in (*(reason for _, reason in UNREADABLE + INCOMPLETE), "the body is longer than 1048576 bytes"):
        assert any(reason in line for line in explained), reason
    assert log.count("event=refused door=callback reason=unknown_address") == 3

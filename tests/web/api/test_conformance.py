"""The whole API against its own description: schemathesis looks for a difference, and finds none."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from assembly.engines import Engines, build_assistant
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.support.configured import configured
from tests.support.whole import Whole, whole
from tests.web.api.filled import fill

SETTINGS: dict[str, Any] = {
    "seed": 20261120,
    "generation": {"max-examples": 20, "deterministic": True, "database": "none"},
    "phases": {"stateful": {"generation": {"max-examples": 8}, "max-steps": 4}},
    "operations": [
        {
            # A telephone number of a country, a language that is spoken here, no two fields of one name:
            # no schema can say that.
            "include-operation-id": "placeCall",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "409", "422"]}},
        },
        {
            # Nor what a session description is, which assistants there are, and what they speak.
            "include-operation-id": "beginTalk",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404"]}},
        },
        {
            # Nor how long a recording is.
            "include-operation-id": "getRecording",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "416"]}},
        },
    ],
}
"""The same requests at each run; every check is on."""
SEEN = (
    "GET /call 200",
    "GET /call 401",
    "GET /call 404",
    "GET /call 422",
    "GET /call/{call} 200",
    "GET /call/{call} 404",
    "GET /call/{call} 405",
    "GET /call/{call}/recording/{recording} 200",
    "GET /call/{call}/recording/{recording} 206",
    "GET /cost 200",
    "GET /export 200",
    "GET /export/report 200",
    "GET /health/readiness 200",
    "GET /reminder 200",
    "POST /call 201",
    "POST /call 409",
    "POST /call 415",
    "POST /call 422",
)
"""What it must have met, or it has looked at nothing."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Whole]:
    """The whole server, with calls in its store and files in its folder; the telephone network takes any order."""
    async with AsyncExitStack() as stack:
        ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()  # nothing is loaded before it is used
        engines = Engines(ears, voice, build_assistant(configured(), stack), silero=None)
        built = await stack.enter_async_context(
            whole(
                engines,
                tmp_path,
                server={"max_calls": 100_000},
                communication_services={"phone_number": "+15559998888"},
            )
        )
        await fill(built.built.store, tmp_path / "recordings")
        yield built
        await ears.close()
        await voice.close()


def failures_of(url: str, headers: dict[str, str]) -> tuple[list[str], Counter[str]]:
    """What schemathesis finds, and how often each operation has answered which status."""
    config = SchemathesisConfig.from_dict({**SETTINGS, "headers": headers})
    described = schemathesis.openapi.from_url(f"{url}/openapi.json", headers=headers, config=config)
    schema = described.exclude(path_regex="^/live")  # a stream that does not end: see test_probes
    found: list[str] = []
    statuses: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for label, checks in event.recorder.checks.items():
                found += [
                    f"{event.recorder.cases[label].value.operation.label}: {check.name}: {check.failure_info.failure}"
                    for check in checks
                    if check.status is Status.FAILURE and check.failure_info is not None
                ]
            for label, interaction in event.recorder.interactions.items():
                if interaction.response is not None:
                    operation = event.recorder.cases[label].value.operation.label
                    statuses[f"{operation} {interaction.response.status_code}"] += 1
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event))
    return found, statuses


@pytest.mark.timeout(300)
async def test_the_api_is_as_it_is_described(server: Whole) -> None:
    """Every operation, with data that fits its description and data that does not; with the key and without."""
    found, statuses = await asyncio.to_thread(failures_of, server.url, server.headers)
    assert found == []
    for seen in SEEN:
        assert statuses[seen], seen

"""The maker of conversations."""

from contextlib import AsyncExitStack
from pathlib import Path

from assembly.conversing import conversations, open_minds
from assembly.engines import Engines
from assembly.flags import live_flags
from calls.session import CallSession
from pipeline.records import ExperimentsJoined
from providers.azure_identity import AzureIdentity
from tests.calls.test_session import NotedDeeds
from tests.support.configured import configured
from tests.support.fakes import FakeAssistant, FakeLine, FakeSpeechToText, FakeVoice, Records


async def test_a_caller_has_one_variant_in_every_call_and_its_record_says_which(tmp_path: Path) -> None:
    """By the number; where that is withheld, each call by itself. Who takes part in nothing is not told of."""
    path = tmp_path / "flags.yaml"
    path.write_text("openers_enabled: {experiment: openers, variants: [{name: with, value: true}, {value: false}]}")
    config, records = configured(flags={"path": path}), Records()
    async with AsyncExitStack() as stack:
        flags = await stack.enter_async_context(live_flags(config, AzureIdentity()))
        quiet = await stack.enter_async_context(live_flags(configured(), AzureIdentity()))
        engines = Engines(FakeSpeechToText(), FakeVoice(), FakeAssistant(), silero=None)
        minds = await open_minds(config, AzureIdentity(), stack, engines)
        assert minds.engines is engines
        for number, call_id in (("+12025550143", "c1"), ("+12025550143", "c2"), ("", "c3"), ("", "c4"), ("", "c5")):
            conversations(config, minds, records, flags)(session(call_id, number), FakeLine(lambda: 0.0))
        conversations(config, minds, records, quiet)(session("c6", ""), FakeLine(lambda: 0.0))
    joined = {record.call_id: record.variants["openers"] for record in records.of(ExperimentsJoined)}
    assert set(joined) == {"c1", "c2", "c3", "c4", "c5"}
    assert joined["c1"] == joined["c2"]
    assert {joined[call_id] for call_id in ("c3", "c4", "c5")} == {"with", "false"}


def session(call_id: str, number: str) -> CallSession:
    """A call of this number."""
    return CallSession(call_id=call_id, caller_number=number, called_number="", deeds=NotedDeeds())

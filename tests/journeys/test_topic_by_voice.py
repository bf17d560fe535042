"""The sample topic by voice: real ears, voice, embeddings and index; the question is answered."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from assembly.engines import Engines, assistant_of
from assembly.topics import open_topics
from config import Config
from emulators.expectation import Expectation, Text
from emulators.phone_call import CallOptions
from emulators.scenario import Line, Scenario
from providers.local_search import LocalSearch
from providers.piper import PiperTextToSpeech
from tests.support.indexed import indexed
from tests.support.whole import UNHURRIED, whole

ROOT = Path(__file__).parents[2]
DOCUMENTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs/examples/xbox").glob("*.md")}
CLAIM = {"claim": [{"name": "caller_name", "description": "What is your name?"}]}
CALLER = Scenario(
    "xbox",
    (
        Line("I have a question about gaming."),
        Line("How do I limit how long my child plays?"),
        Line("My name is Robert Miller."),
        Line("Yes, that is right."),
    ),
    patience=UNHURRIED,
    expectation=Expectation({"caller_name": Text("Robert Miller", 0.5)}),
)


async def test_the_sample_topic_by_voice(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """It is asked what about the Xbox, the documents answer, and the claim is gathered as ever."""
    indexed(DOCUMENTS, tmp_path)
    index = tmp_path / "documents.db"
    topics = {"path": ROOT / "topics"}
    async with AsyncExitStack() as stack:
        search = LocalSearch(index)
        stack.push_async_callback(search.close)
        config = Config.model_validate({"conversation": CLAIM, "topics": topics})
        parts = await open_topics(config, stack)
        assistant = assistant_of(config, None, search=search, topics=parts)
        await assistant.warm_up()
        loaded = replace(engines, assistant=assistant)
        server = await stack.enter_async_context(
            whole(loaded, tmp_path, conversation=CLAIM, documents={"path": index}, topics=topics)
        )
        result = await server.network.call(CALLER, voice=voice, webhook_url=server.webhook_url, options=CallOptions())
        assert result.is_ok, result.protocol_errors
        await server.built.journal.drained()
        (history,) = await server.built.store.latest_calls(limit=5)
    said = [message for message in history.messages if message.persona == "assistant"]
    spoken = [f"{message.persona}: {message.text}" for message in history.messages]
    assert any("What would you like to know about your Xbox" in message.text for message in said), spoken
    (answer,) = [message for message in said if message.citations]
    assert "open the Family Settings app" in answer.text
    assert [each.title for each in answer.citations] == ["Parental controls"]
    assert CALLER.expectation.mismatches(history.claim, called_at=history.call.started_at) == ()
    assert result.server_hung_up

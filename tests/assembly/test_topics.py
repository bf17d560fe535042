"""``python server.py topics check``, and topics put into the assistants."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from agent.assistant import Assistant, Expect, FollowTopic, NoteToolCall, Say
from agent.chat import Finished, FinishReason, TextDelta, ToolCall
from agent.dialogue import Dialogue
from agent.errors import ModelUnavailable
from agent.foresight import foreseen
from assembly.documents import open_documents
from assembly.engines import assistant_of
from assembly.guarding import voice_led_of
from assembly.settings import claim_of
from assembly.topics import TopicParts, TopicsUnusable, checked, open_topics
from providers.azure_identity import AzureIdentity
from providers.document_index import DocumentIndex
from providers.minilm import Embed, MiniLm, SharedMiniLm
from server import build_parser, main
from tests.support.configured import configured
from tests.support.scripted_chat import ScriptedChat
from tests.support.topics import FakeService, WordsInCommon, topics_of

SAMPLE = Path(__file__).parents[2] / "topics"
WRONG = "topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - aks: A?\n  - redirect: b\n"
RIGHT = """\
topic: order
title: your order
triggers: [where is my order]
steps:
  - ask: What is its number?
    into: number
  - action: http
    url: https://api.example.com/orders/{number}
    answer: {status: status}
  - message: "Your order is {status}."
"""


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_sample_has_no_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    """As it is shipped."""
    assert main(["topics", "check", str(SAMPLE)]) == 0
    assert capsys.readouterr().out == "no mistakes in 1 file: xbox (8 steps)\n"


def test_every_mistake_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file and line; the exit code says that there are some."""
    (tmp_path / "a.yaml").write_text(WRONG)
    (tmp_path / "b.yaml").write_text("topic: [")
    assert main(["topics", "check", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        f"{tmp_path}/a.yaml:5",
        f"{tmp_path}/a.yaml:6",
        f"{tmp_path}/b.yaml:1",
        "3 mistakes in 2 files, of 2",
    ]


def test_the_folder_of_the_configuration_is_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no other is named; without any, and where it is none, nothing can be checked."""
    assert main(["topics", "check"]) == 2
    assert "topics.path" in capsys.readouterr().err
    assert main(["topics", "check", "nowhere"]) == 2
    assert "is no folder" in capsys.readouterr().err
    monkeypatch.setenv("TOPICS__PATH", str(SAMPLE))
    assert main(["topics", "check"]) == 0


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """With examples and exit codes."""
    with pytest.raises(SystemExit):
        build_parser().parse_args(["topics", "--help"])
    shown = capsys.readouterr().out
    assert "python server.py topics check topics" in shown
    assert "Exit code" in shown


def test_hosts_and_tools_are_those_of_the_server(tmp_path: Path) -> None:
    """What one server may use, another may not."""
    text = RIGHT + '  - action: tool\n    tool: send_sms\n    with: {text: "Hi."}\n'
    (tmp_path / "a.yaml").write_text(text)
    _, mistakes = checked(tmp_path, configured())
    assert [each.line for each in mistakes] == [7, 11]
    allowed = configured(
        topics={"hosts": {"api.example.com": {}}}, communication_services={"phone_number": "+12025550100"}
    )
    _, mistakes = checked(tmp_path, allowed)
    assert [each.text for each in mistakes] == []


async def test_a_server_with_wrong_topics_does_not_start(tmp_path: Path) -> None:
    """It says what is wrong; without a folder it has none."""
    (tmp_path / "a.yaml").write_text(WRONG)
    async with AsyncExitStack() as stack:
        with pytest.raises(TopicsUnusable, match=r"a\.yaml:5: 'aks' is no kind of step"):
            await open_topics(configured(topics={"path": tmp_path}), stack)
        assert await open_topics(configured(), stack) is None
        parts = await open_topics(configured(topics={"path": SAMPLE}), stack)
        assert parts is not None
        assert [topic.name for topic in parts.topics] == ["xbox"]


async def test_topics_and_documents_share_one_model(tmp_path: Path) -> None:
    """Its weights are 90 MB: whoever has both has them once."""
    loads = list[Embed]()

    def load() -> Embed:
        loads.append(MiniLm().embed)
        return loads[-1]

    path, embedding = tmp_path / "documents.db", SharedMiniLm(load)
    DocumentIndex.create(path).close()
    config = configured(topics={"path": SAMPLE}, documents={"path": path})
    async with AsyncExitStack() as stack:
        assert await open_documents(config, AzureIdentity(), stack, embedding=embedding) is not None
        parts = await open_topics(config, stack, embedding)
        assert parts is not None
        await parts.likeness.warm_up({"en": ["my console is broken"]})
        (near,) = await parts.likeness.likeness("My console is broken.", ["my console is broken"], language="en")
    assert near > 0.9
    assert len(loads) == 1


CONFIG = configured(topics={"hosts": {"api.example.com": {}}})


async def said(assistant: Assistant, dialogue: Dialogue, text: str) -> tuple[str, Dialogue, list[str]]:
    """What is answered, the call afterwards, and what is on record."""
    words, noted = "", list[str]()
    async for output in assistant.reply(dialogue, text):
        match output:
            case Say(text=part):
                words += part
            case NoteToolCall(name=name):
                noted.append(name)
            case Expect(expecting=expecting, attempts=attempts):
                dialogue = dialogue.with_expectation(expecting, attempts)
            case FollowTopic():
                dialogue = foreseen(dialogue, output)
            case _:
                pass
    return words, dialogue, noted


def parts_of(service: FakeService) -> TopicParts:
    """One topic, and the service that it asks."""
    return TopicParts(topics_of(RIGHT), WordsInCommon(), service)


async def test_the_script_follows_topics() -> None:
    """Behind the guard, which lets pass what a service has told."""
    service = FakeService({"orders/4711": {"status": "on its way, call 0800 765 4321"}})
    assistant = assistant_of(CONFIG, None, topics=parts_of(service))
    dialogue = Dialogue(claim_of(CONFIG))
    words, dialogue, _ = await said(assistant, dialogue, "Where is my order?")
    assert words == "All right. What is its number?"
    words, dialogue, noted = await said(assistant, dialogue, "4711")
    assert words == "Thank you. Your order is on its way, call 0800 765 4321. What happened?"
    assert (noted, dialogue.topic) == (["http"], "")


async def test_a_model_is_given_topics_as_tools_and_the_script_goes_on_with_them() -> None:
    """The model fails after it has begun one: the answer to its question is not lost."""
    chat = ScriptedChat(
        (ToolCall("1", "topic_order", "{}"), Finished(FinishReason.TOOL_CALLS)),
        (TextDelta("What is its number?"), Finished(FinishReason.STOP)),
        (ModelUnavailable("down"),),
    )
    service = FakeService({"orders/4711": {"status": "lost"}})
    assistant = assistant_of(CONFIG, chat, topics=parts_of(service))
    words, dialogue, noted = await said(assistant, Dialogue(claim_of(CONFIG)), "Where is my order?")
    assert (words, noted) == ("What is its number?", ["topic_order"])
    assert "topic_order" in {tool.name for tool in chat.asked[0].tools}
    words, dialogue, _ = await said(assistant, dialogue, "4711")
    assert words.startswith("Thank you. Your order is lost.")
    assert any("waits" in str(each) or "was asked for number" in str(each) for each in chat.asked[2].messages)


def test_a_model_that_speaks_itself_has_topics_too() -> None:
    """As tools, beside its own."""
    assistant = assistant_of(CONFIG, None)
    led = voice_led_of(CONFIG, assistant, None, topics=parts_of(FakeService()))
    assert "topic_order" in {tool.name for tool in led.tools}
    assert "topic_order" not in {tool.name for tool in voice_led_of(CONFIG, assistant, None).tools}

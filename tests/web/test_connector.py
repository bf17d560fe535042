"""The connector: questions over real sockets, and every way in which one cannot be answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette

from agent.assistant import Cite, Decline, Output, Say, Spend
from agent.character import Character
from agent.completing import Completing
from agent.dialogue import Dialogue, Message, Persona
from agent.errors import AssistantError
from agent.facts import Citation, ModelUsage
from agent.texts.bundled import Repertoire
from tests.support.fakes import FakeAssistant
from tests.support.serving import serving
from web.connector import connector_routes
from web.connector_description import connector_document
from web.errors import exception_handlers

USAGE = ModelUsage("gpt-x", 30, 7)
HELLO = {"messages": [{"role": "user", "content": "Hello"}]}


class Connector:
    """One that is up, and who answers behind it."""

    def __init__(self, url: str, assistant: FakeAssistant) -> None:
        self.url = url
        self.assistant = assistant

    async def ask(self, body: object, *, media_type: str = "application/json") -> tuple[int, Any, Mapping[str, str]]:
        """Status, JSON and headers of the answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url, headers = f"{self.url}/connector/chat/completions", {"content-type": media_type}
        async with aiohttp.ClientSession() as session, session.post(url, data=data, headers=headers) as response:
            return response.status, await response.json(), response.headers


def connector(
    *replies: tuple[Output | float | Exception, ...], **more: float
) -> AbstractAsyncContextManager[Connector]:
    """Serve one that answers so."""
    return serving_connector(FakeAssistant(*replies), **more)


@asynccontextmanager
async def serving_connector(assistant: FakeAssistant, **more: float) -> AsyncIterator[Connector]:
    """Serve one."""
    completing = Completing(assistant, None, repertoire=Repertoire(), character=Character("Contoso", "Amelia"))
    routes = connector_routes(completing, public_url="https://calls.example.com", version="1", **more)
    async with serving(Starlette(routes=routes, exception_handlers=exception_handlers())) as address:
        yield Connector(f"http://{address}", assistant)


async def test_a_question_is_answered() -> None:
    """As language models do it, and flat beside, for makers; with what it cost and rests on."""
    reply = (Say("It is blue."), Cite((Citation("Guide", "guide.md"),)), Spend(USAGE))
    body = {
        "messages": [
            {"role": "system", "content": "You are an Xbox customer support agent."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello."},
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "What colour?"},
        ],
        "language": "en-US",
    }
    async with connector(reply) as served:
        status, answer, headers = await served.ask(body)
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert answer.pop("id").startswith("chatcmpl-")
    assert answer.pop("created") > 1_700_000_000
    assert answer == {
        "object": "chat.completion",
        "model": "gpt-x",
        "reply": "It is blue.",
        "is_answered": True,
        "citations": [{"title": "Guide", "source": "guide.md"}],
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "It is blue."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37},
    }
    ((asked, dialogue),) = served.assistant.asked
    assert asked == "What colour?"
    assert dialogue.messages == (Message(Persona.CALLER, "Hi"), Message(Persona.ASSISTANT, "Hello."))
    assert dialogue.character is not None
    assert dialogue.character.task == "You are an Xbox customer support agent.\nBe short."
    assert dialogue.language == "en-US"


async def test_what_cannot_be_answered_is_an_answer() -> None:
    """A maker asks ``is_answered``; nothing was asked of a model."""
    async with connector((AssistantError("no"),), (Decline("I cannot talk about that."),)) as served:
        status, answer, _ = await served.ask(HELLO)
        assert (status, answer["is_answered"], answer["model"]) == (200, False, "documents")
        assert answer["reply"] == "I am sorry, I cannot answer that."
        _, declined, _ = await served.ask(HELLO)
        assert declined["choices"][0]["finish_reason"] == "content_filter"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "The request cannot be taken."),
        ({}, "Messages: "),
        ({"messages": []}, "The request cannot be taken. Messages: there must be at least one message."),
        (
            {"messages": [{"role": "robot", "content": "x"}]},
            "The request cannot be taken. Messages.0.role: input should be 'system', 'user' or 'assistant'.",
        ),
        ({"messages": [{"role": "user", "content": ""}]}, "Messages.0.content: must not be empty."),
        ({"messages": [{"role": "user", "content": " \n"}]}, "Messages.0.content: must not be empty."),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}, "Messages.0.content: "),
        ({"messages": [{"role": "", "content": ""}] * 64}, "And 123 more."),
        (b'{"messages": [{"role": "user", "content": "\\ud83d"}]}', "invalid JSON"),
        (b'{"messages": [{"role": "user", "content": "\xff"}]}', "invalid JSON"),
        (b"[" * 100_000, "invalid JSON"),
        (b"", "invalid JSON"),
        ({**HELLO, "stream": True}, "Stream: answers come as a whole, and cannot be streamed: leave it out, or send"),
        ({"messages": [{"role": "user", "content": "x" * 8_001}]}, "Messages.0.content: "),
        ({"messages": [{"role": "user", "content": "x"}] * 65}, "Messages: "),
        ({**HELLO, "temperature": 1}, "Temperature: there is no such field."),
        ({**HELLO, "language": "English please"}, "Language: must be the tag of a language, as en or fr-FR."),
        ({"messages": [{"role": "system", "content": "x"}]}, "The last message must be one of the role user."),
        ({"messages": [*HELLO["messages"], {"role": "assistant", "content": "x"}]}, "The last message must be"),
    ],
)
async def test_what_cannot_be_taken_is_told_in_one_message(body: object, told: str) -> None:
    """The platform shows nothing else."""
    async with connector() as served:
        status, answer, _ = await served.ask(body)
        assert status == 400
        assert answer["error"]["code"] == "InvalidRequest"
        assert told in answer["error"]["message"]
        assert len(answer["error"]["message"]) < 600
        assert served.assistant.asked == []


async def test_other_media_and_long_bodies_are_refused() -> None:
    """Before they are read to their end."""
    async with connector() as served:
        status, answer, _ = await served.ask(HELLO, media_type="text/plain")
        assert (status, answer["error"]["code"]) == (415, "UnsupportedMediaType")
        status, answer, _ = await served.ask(b"x" * 200_000)
        assert (status, answer["error"]["code"]) == (413, "RequestTooLarge")


class Slow(FakeAssistant):
    """Answers when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Wait, then say yes."""
        await self.may_answer.wait()
        yield Say("Yes.")


async def test_too_many_at_once_are_told_when_to_come_back() -> None:
    """Those that are being answered are answered."""
    assistant = Slow()
    async with serving_connector(assistant) as served:
        async with asyncio.TaskGroup() as tasks:
            asking = [tasks.create_task(served.ask(HELLO)) for _ in range(20)]
            while sum(task.done() for task in asking) < 4:
                await asyncio.sleep(0.01)
            assistant.may_answer.set()
        answers = [task.result() for task in asking]
    assert [status for status, _, _ in answers].count(200) == 16
    refused = [(each["error"]["code"], headers["retry-after"]) for status, each, headers in answers if status != 200]
    assert refused == [("TooManyRequests", "5")] * 4


async def test_what_need_not_be_streamed_is_answered() -> None:
    """As clients of language models say it."""
    async with connector((Say("Yes."),)) as served:
        status, answer, _ = await served.ask({**HELLO, "stream": False})
    assert (status, answer["reply"]) == (200, "Yes.")


async def test_several_requests_to_models_are_one_bill() -> None:
    """Of the model that answered last; what was broken off was not answered, and is billed."""
    reply = (Spend(ModelUsage("small", 10, 1)), Say("It is"), Spend(USAGE), AssistantError("broke off"))
    async with connector(reply) as served:
        _, answer, _ = await served.ask(HELLO)
    assert (answer["model"], answer["is_answered"]) == ("gpt-x", False)
    assert answer["usage"] == {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}


async def test_an_answer_that_takes_too_long_is_given_up() -> None:
    """The platform would not wait for it; whoever comes next is answered."""
    assistant = Slow()
    async with serving_connector(assistant, timeout_s=0.05) as served:
        status, answer, _ = await served.ask(HELLO)
        assert (status, answer["error"]["code"]) == (504, "Timeout")
        assert answer["error"]["message"] == "The answer took too long. Ask again."
        assistant.may_answer.set()
    async with serving_connector(assistant) as served:
        status, _, _ = await served.ask(HELLO)
    assert status == 200


async def test_a_fault_of_ours_tells_nothing_of_itself() -> None:
    """It is told as one, in a form that the platform can show; the next question is answered."""
    async with connector((KeyError("secret of the server"),), (Say("Yes."),)) as served:
        status, answer, _ = await served.ask(HELLO)
        assert (status, "secret" in str(answer)) == (500, False)
        assert answer["error"]["message"]
        status, _, _ = await served.ask(HELLO)
    assert status == 200


async def test_every_error_that_is_described_is_one_of_these() -> None:
    """401 is told by the door in front of it; see ``tests/assembly/test_low_code.py``."""
    (operation,) = connector_document(public_url="https://x.example", version="1")["paths"].values()
    described = {int(status) for status in operation["post"]["responses"]}
    assert described == {200, 400, 401, 413, 415, 429, 500, 504}


async def test_it_describes_itself() -> None:
    """As it is imported."""
    async with connector() as served, aiohttp.ClientSession() as session:
        response = await session.get(f"{served.url}/connector/openapi.json")
        assert await response.json() == connector_document(public_url="https://calls.example.com", version="1")

"""Which client an address gets; that it works is shown in test_openai_chat and test_openai_realtime."""

import openai
import pytest

from providers.openai_endpoint import OpenAIEndpoint


@pytest.mark.parametrize(
    ("endpoint", "kind", "base_url", "socket_url"),
    [
        (
            OpenAIEndpoint(base_url="https://api.openai.com/v1", api_key="k"),
            openai.AsyncOpenAI,
            "https://api.openai.com/v1/",
            "wss://api.openai.com/v1",
        ),
        (
            OpenAIEndpoint(base_url="https://x.openai.azure.com/openai/v1/", api_key="k"),
            openai.AsyncOpenAI,
            "https://x.openai.azure.com/openai/v1/",
            "wss://x.openai.azure.com/openai/v1",
        ),
        (
            OpenAIEndpoint(base_url="https://x.openai.azure.com/", api_key="k", api_version="2024-10-21"),
            openai.AsyncAzureOpenAI,
            "https://x.openai.azure.com/openai/",
            "wss://x.openai.azure.com/openai",
        ),
        (
            OpenAIEndpoint(base_url="http://127.0.0.1:1/v1"),
            openai.AsyncOpenAI,
            "http://127.0.0.1:1/v1/",
            "ws://127.0.0.1:1/v1",
        ),
    ],
)
async def test_the_client_of_an_address(
    endpoint: OpenAIEndpoint, kind: type[openai.AsyncOpenAI], base_url: str, socket_url: str
) -> None:
    """Azure's deployments have their own; nobody asks twice by themselves."""
    client = endpoint.client(5)
    assert type(client) is kind
    assert str(client.base_url) == base_url
    assert str(client.websocket_base_url) == socket_url
    assert client.max_retries == 0
    await client.close()


def test_a_key_is_not_shown() -> None:
    """Whoever prints an endpoint prints no secret."""
    assert "hidden" not in repr(OpenAIEndpoint(base_url="http://127.0.0.1:1/v1", api_key="hidden"))

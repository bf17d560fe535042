"""Calls from a browser are put together from the section ``webrtc``."""

from contextlib import AsyncExitStack
from typing import Any

from agent.claim import ClaimField
from assembly.settings import initiate_of
from assembly.talking import assistants_of, enter_talk, peer_settings
from media.webrtc_peer import IceServer
from tests.support.configured import configured

WEBRTC: dict[str, Any] = {
    "vanished_after_ms": 1_500,
    "ice_servers": [{"urls": ["turn:turn.example.com"], "username": "u", "credential": "secret"}],
    "assistants": {
        "Glass": {"bot_name": "Gina", "task": "Help with glass.", "claim": [{"name": "pane"}], "prosody_rate": 1.1},
        "Nothing else": {},
    },
}


def test_connections_are_as_configured() -> None:
    """Servers, their secrets, and how long silence is borne."""
    settings = peer_settings(configured(webrtc=WEBRTC))
    assert settings.ice_servers == (IceServer(("turn:turn.example.com",), "u", "secret"),)
    assert settings.vanished_after_ms == 1_500


def test_assistants_are_the_conversation_and_others() -> None:
    """What another does not say is as in the conversation."""
    config = configured(webrtc=WEBRTC)
    default, assistants = initiate_of(config), assistants_of(config)
    assert list(assistants.by_name) == ["Amelia", "Glass", "Nothing else"]
    assert assistants.default == "Amelia"
    assert assistants.named("Nothing else") == default
    glass = assistants.by_name["Glass"]
    assert (glass.bot_name, glass.task, glass.prosody_rate) == ("Gina", "Help with glass.", 1.1)
    assert glass.claim == (ClaimField("pane"),)
    assert (glass.bot_company, glass.languages) == (default.bot_company, default.languages)


def test_one_of_several_languages() -> None:
    """The first of an assistant's own is what its calls begin in."""
    conversation: dict[str, Any] = {"languages": ["en-US", "fr-FR", "de-DE"]}
    webrtc: dict[str, Any] = {"assistants": {"Claire": {"languages": ["fr", "en-US"]}}}
    claire = assistants_of(configured(conversation=conversation, webrtc=webrtc)).by_name["Claire"]
    assert (claire.language, claire.language_name, claire.languages) == ("fr-FR", "French", ("fr-FR", "en-US"))


async def test_it_can_be_turned_off() -> None:
    """Then nothing of it is served."""
    async with AsyncExitStack() as stack:
        nobody: Any = None
        assert await enter_talk(configured(webrtc={"enabled": False}), nobody, nobody, stack) == ()
        served = await enter_talk(configured(), nobody, nobody, stack)
    assert "/talk/calls" in [operation.path for operation in served]

"""Calls from a browser: who takes them, and what serves them."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from agent.claim import ClaimField
from agent.language_tags import closest, english_name
from assembly.settings import initiate_of
from calls.holding import Converse
from calls.initiate import CallInitiate
from calls.live import LiveCalls
from calls.peer_calls import PeerCalls
from config import Config
from config.talking import AssistantConfig
from media.webrtc_peer import IceServer, PeerSettings
from web.api.operations import Operation
from web.talk.assistants import Assistants
from web.talk.signalling import Signalling, talk_operations


async def enter_talk(
    config: Config, live_calls: LiveCalls, converse: Converse, stack: AsyncExitStack
) -> Sequence[Operation]:
    """What serves the section ``webrtc``, nothing when it is turned off; leaving the stack ends these calls."""
    if not config.webrtc.enabled:
        return ()
    settings = peer_settings(config)
    calls = PeerCalls(live_calls, converse, settings, now=time.monotonic)
    peer_calls = await stack.enter_async_context(calls)
    return talk_operations(Signalling(peer_calls, assistants_of(config), settings.ice_servers))


def peer_settings(config: Config) -> PeerSettings:
    """How connections are made and given up."""
    return PeerSettings(
        ice_servers=tuple(
            IceServer(each.urls, each.username, each.credential.get_secret_value())
            for each in config.webrtc.ice_servers
        ),
        vanished_after_ms=config.webrtc.vanished_after_ms,
    )


def assistants_of(config: Config) -> Assistants:
    """Whom a browser can talk to: the configured conversation, and those of ``webrtc.assistants``."""
    default = initiate_of(config)
    others = {name: _initiate(default, each) for name, each in config.webrtc.assistants.items()}
    return Assistants(MappingProxyType({default.bot_name: default, **others}), default.bot_name)


def _initiate(default: CallInitiate, other: AssistantConfig) -> CallInitiate:
    given: dict[str, Any] = {
        name: value
        for name in ("bot_name", "bot_company", "task", "agent_phone_number", "prosody_rate")
        if (value := getattr(other, name)) is not None
    }
    if other.claim is not None:
        fields = (ClaimField(each.name, each.type, each.description, each.required) for each in other.claim)
        given["claim"] = tuple(fields)
    if other.languages is not None:
        tags = tuple(closest(each, default.languages) or each for each in other.languages)
        given |= {"language": tags[0], "language_name": english_name(tags[0]), "languages": tags}
    return replace(default, **given)

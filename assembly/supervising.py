"""Listening in: who lets supervisors into calls, and what serves them."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from starlette.routing import Route

from agent.dialogue import Dialogue
from agent.supervised import is_followed
from assembly.settings import is_led_by_bot
from assembly.talking import peer_settings
from calls.listening_in import ListeningIn
from calls.live import LiveCalls
from config import Config
from stores.store import Store
from web.listening_in import listening_in_routes


def build_listening_in(config: Config, live_calls: LiveCalls) -> ListeningIn:
    """Who lets supervisors into the calls that are up here; to be entered."""
    return ListeningIn(live_calls, peer_settings(config), now=time.monotonic)


async def enter_supervising(
    config: Config, live_calls: LiveCalls, store: Store, stack: AsyncExitStack
) -> Sequence[Route]:
    """Let supervisors in, until the stack is left; the routes for it."""
    listening_in = await stack.enter_async_context(build_listening_in(config, live_calls))
    return build_supervising(config, listening_in, store)


def build_supervising(config: Config, listening_in: ListeningIn, store: Store) -> Sequence[Route]:
    """The routes for it; none when WebRTC is turned off."""
    return listening_in_routes(listening_in, store) if config.webrtc.enabled else ()


class Follows:
    """Whether anything comes of a whisper, by who leads the calls."""

    def __init__(self, config: Config) -> None:
        self._has_bot = is_led_by_bot(config)
        self._has_model = bool(config.llm.models(slow_first=False) or config.llm.realtime.model)

    def __call__(self, dialogue: Dialogue, whisper: str) -> bool:
        """As ``Services.follows``."""
        if self._has_bot:
            return False  # it is told what callers say, and nothing else
        return is_followed(whisper, dialogue, has_model=self._has_model)

"""The assistant without a language model: it follows a script, and answers at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from agent.assistant import Output
from agent.dialogue import Dialogue
from agent.script import Script
from agent.supervised import latest_order, obeyed
from agent.texts.bundled import BUNDLED
from agent.texts.texts import Texts
from agent.values import warm_up


class ScriptedAssistant:
    """Gathers a claim field by field; satisfies ``agent.assistant.Assistant``.

    Args:
        company: Whom it speaks for.
        bot_name: What it calls itself.
        clock: Tells the time in the caller's time zone, which "yesterday" is relative to.
        max_attempts: How often a field is asked for before it is skipped.
        region: Where phone numbers without country code belong, ISO 3166-1 alpha-2.
        language: BCP 47: spoken as long as nobody knows what the caller speaks; claims are described in it.
        texts: What is said, by the languages (ISO 639-1) that can be spoken.
    """

    def __init__(
        self,
        company: str,
        bot_name: str,
        clock: Callable[[], datetime],
        max_attempts: int = 3,
        *,
        region: str = "US",
        language: str = "en",
        texts: Mapping[str, Texts] = BUNDLED,
    ) -> None:
        self._script = Script(company, bot_name, max_attempts, region, language, texts)
        self._clock = clock

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say who speaks and ask the first question."""
        for output in self._script.greet(dialogue, self._clock()):
            yield output

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Take what was said into the claim and ask for what is missing; never fails."""
        outputs = self._script.answer(dialogue, utterance, self._clock())
        if (order := latest_order(dialogue)) is not None:
            outputs = obeyed(order, outputs, dialogue, self._script.phrases(dialogue))
        for output in outputs:
            yield output

    async def resume(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask again what was asked before something else was talked about."""
        for output in self._script.resume(dialogue, self._clock()):
            yield output

    async def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask whether the caller is there, and ask again."""
        for output in self._script.nudge(dialogue, self._clock()):
            yield output

    async def warm_up(self) -> None:
        """Load the tables of the value parsers."""
        await asyncio.to_thread(warm_up, self._clock())

"""Judging: asks the end-of-turn model, one question at a time; a newer one replaces what waits."""

import asyncio
from collections.abc import Awaitable, Callable

from pipeline.commands import JudgeTurn
from pipeline.events import TurnScored
from pipeline.ports import TurnDetector


class Judging:
    """The end-of-turn model as one call uses it."""

    def __init__(
        self,
        detector: TurnDetector | None,
        *,
        recent: Callable[[], bytes],
        emit: Callable[[TurnScored], Awaitable[None]],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._detector = detector
        self._recent = recent
        self._emit = emit
        self._on_failure = on_failure
        self._question: JudgeTurn | None = None
        self._asked = asyncio.Event()

    def ask(self, question: JudgeTurn) -> None:
        """Ask about the silence that is going on. Overflow rule: the question that waits is dropped."""
        if self._detector is None:
            return
        self._question = question
        self._asked.set()

    async def run(self) -> None:
        """Answer until cancelled. A model that fails leaves the words to decide."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            question, self._question = self._question, None
            if question is None or self._detector is None:
                continue
            try:
                finished = await self._detector.finished(self._recent(), question.text, question.language)
            except Exception as error:  # noqa: BLE001 - the root of what a model may raise; the call goes on without it
                self._on_failure(error)
            else:
                await self._emit(TurnScored(question.pause, finished, question.text))

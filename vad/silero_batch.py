"""Silero for many calls at once: the windows that fall due within some milliseconds are looked at in one run.

A window that comes when the model has rested runs with the next pass of the loop; one that comes
sooner waits for others until the model may run again. So a single call waits for nobody, and the
more calls there are the more windows share a run, which halves what a window costs.
"""

import asyncio

from vad.silero import SileroDetector, SileroModel, probabilities_together

EVERY_S = 0.004
"""The model runs at most so often: no window waits longer for its probability."""
WINDOWS_MAX = 32
"""In one run: 1 to 2 ms of the loop. What is more follows in the next pass."""


class SileroBatch:
    """The queue before the model that all calls of one event loop share."""

    def __init__(self, model: SileroModel) -> None:
        self.model = model
        self._waiting: list[tuple[SileroDetector, bytes, asyncio.Future[float]]] = []
        self._rests_until = 0.0

    def new_detector(self) -> "BatchedSileroDetector":
        """The detector of one more call."""
        return BatchedSileroDetector(self)

    async def probability(self, detector: SileroDetector, window: bytes) -> float:
        """The probability of speech in the detector's next window. One at a time for each detector."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[float] = loop.create_future()
        self._waiting.append((detector, window, found))
        if len(self._waiting) == 1:
            self._arm(loop)
        return await found

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        delay_s = min(EVERY_S, self._rests_until - loop.time())
        if delay_s > 0:
            loop.call_later(delay_s, self._run, loop)
        else:
            loop.call_soon(self._run, loop)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        taken, self._waiting = self._waiting[:WINDOWS_MAX], self._waiting[WINDOWS_MAX:]
        self._rests_until = loop.time() + EVERY_S
        if self._waiting:
            loop.call_soon(self._run, loop)
        asking = [(detector, window, found) for detector, window, found in taken if not found.cancelled()]
        if not asking:
            return  # those who asked have hung up
        try:
            probabilities = probabilities_together(self.model, [(detector, window) for detector, window, _ in asking])
        except Exception as error:  # noqa: BLE001 - the root of a callback: those who asked are told
            for _, _, found in asking:
                found.set_exception(error)
            return
        for (_, _, found), probability in zip(asking, probabilities, strict=True):
            found.set_result(probability)


class BatchedSileroDetector(SileroDetector):
    """One call's detector, which looks at its windows together with other calls, or alone if it is asked to."""

    def __init__(self, batch: SileroBatch) -> None:
        super().__init__(batch.model)
        self._batch = batch

    async def probability_soon(self, window: bytes) -> float:
        """The probability of speech in the next 512 samples, 0 to ``EVERY_S`` later."""
        return await self._batch.probability(self, window)

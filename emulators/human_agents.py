"""Human agents who answer offers by a script, by any router: ``python -m emulators.demo --profile handover``.

What each does with the offers that they get, one after the other; who has nothing left to do accepts.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from routing.errors import OfferGone, RouterUnavailable
from routing.ports import Router

_LOOKS_EVERY_S: Final = 0.2


class Answer(StrEnum):
    """What an agent does with an offer."""

    ACCEPT = "accept"
    LATER = "later"
    """Declines it, and wants to be asked again in a moment."""
    DECLINE = "decline"
    IGNORE = "ignore"
    """Lets it expire."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody did."""

    worker_id: str
    answer: Answer


class HumanAgents:
    """All workers of a router, as people at their desks.

    Args:
        router: Who makes the offers.
        script: By worker id, what they do; in order.
        thinks_s: How long each offer is looked at.
        later_s: How long after ``LATER`` they may be asked again.

    Attributes:
        answered: What they did, in order.
    """

    def __init__(
        self, router: Router, script: Mapping[str, Sequence[Answer]], *, thinks_s: float = 0.5, later_s: float = 1.0
    ) -> None:
        self.answered: list[Answered] = []
        self._router = router
        self._script = {worker_id: deque(answers) for worker_id, answers in script.items()}
        self._thinks_s = thinks_s
        self._later = timedelta(seconds=later_s)
        # Bounded by the offers of one demo.
        self._known: set[str] = set()

    async def work(self) -> None:
        """Answer offers until cancelled."""
        while True:
            await asyncio.sleep(_LOOKS_EVERY_S)
            try:
                views = await self._router.workers()
            except RouterUnavailable:
                continue  # they look again
            for view in views:
                for offer in view.offers:
                    if offer.offer_id not in self._known:
                        self._known.add(offer.offer_id)
                        await self._answer(view.worker.worker_id, offer.offer_id)

    async def _answer(self, worker_id: str, offer_id: str) -> None:
        script = self._script.get(worker_id)
        answer = script.popleft() if script else Answer.ACCEPT
        if answer is Answer.IGNORE:
            self.answered.append(Answered(worker_id, answer))
            return
        await asyncio.sleep(self._thinks_s)
        try:
            if answer is Answer.ACCEPT:
                await self._router.accept(worker_id, offer_id)
            else:
                retry_after = self._later if answer is Answer.LATER else None
                await self._router.decline(worker_id, offer_id, retry_after=retry_after)
        except OfferGone:
            return  # somebody was faster, or the caller is gone
        except RouterUnavailable:
            self._known.discard(offer_id)
            if script is not None:
                script.appendleft(answer)
            return
        self.answered.append(Answered(worker_id, answer))

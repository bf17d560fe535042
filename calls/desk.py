"""Where one of several humans is found for a caller: the router, and how it is asked."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.records import Observer, ToolCalled
from routing.happenings import JobHappening, OfferAccepted, OfferDeclined, OfferExpired, OfferIssued, OfferRevoked
from routing.ports import Router
from routing.values import Label
from stores.router_history import ScoringRecord

_LONGEST_LABEL: Final = 100
_ANSWERS: Final[Mapping[type[JobHappening], str]] = {
    OfferAccepted: "accepted",
    OfferDeclined: "declined",
    OfferExpired: "not answered in time",
    OfferRevoked: "revoked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where humans are looked for: the same for all calls."""

    router: Router
    queue_id: str
    limit_s: float
    """So long somebody is looked for; then the caller is told that nobody is free."""
    scorings: Callable[[str], Awaitable[Sequence[ScoringRecord]]]
    """How workers were scored for a job; may raise ``stores.errors.StoreError``."""
    observer: Observer
    utc_now: Callable[[], datetime]
    say_again_s: float = 15.0
    """So often a caller who waits is told that somebody is looked for still."""
    told_within_s: float = 60.0
    """So long it may take, at most, until the caller has heard who takes over."""


def labels_of(*, call_id: str, language: str, topic: str, satisfaction: str) -> dict[str, Label]:
    """What a job is about; what is not known is left out. Nothing of it tells who calls, or what was said."""
    labels = {"CallId": call_id, "Lang": language.partition("-")[0], "Topic": topic, "Satisfaction": satisfaction}
    return {name: value[:_LONGEST_LABEL] for name, value in labels.items() if value}


class Told:
    """Tells the record of a call who was asked, and why; each thing once.

    Args:
        desk: See there.
        call_id: Whose record.
    """

    def __init__(self, desk: Desk, call_id: str) -> None:
        self._desk = desk
        self._call_id = call_id
        # Bounded by what happens to a job within the limit.
        self._known: set[JobHappening] = set()
        self._scored: set[str] = set()

    async def happened(self, happening: JobHappening) -> None:
        """Tell it, if it is to be told. May raise ``stores.errors.StoreError``, ``routing.errors.RoutingError``."""
        if happening in self._known:
            return
        self._known.add(happening)
        match happening:
            case OfferIssued(offer=offer):
                await self._tell_scores(offer.job_id)
                self._tell("offer_to_human", {"worker": await self._name(offer.worker_id)}, "asked")
            case OfferAccepted() | OfferDeclined() | OfferExpired() | OfferRevoked():
                answer = _ANSWERS[type(happening)]
                self._tell("offer_to_human", {"worker": await self._name(happening.worker_id)}, answer)
            case _:
                pass

    async def _tell_scores(self, job_id: str) -> None:
        scored = sorted(await self._desk.scorings(job_id), key=lambda each: (-each.score, each.worker_id))
        new = {each.scoring_id for each in scored} - self._scored
        if not new:
            return
        self._scored |= new
        named = {each.worker_id: await self._name(each.worker_id) for each in scored}
        arguments = {named[each.worker_id]: f"{each.score:.2f}: {each.reason}" for each in scored}
        best = scored[0]
        result = f"{named[best.worker_id]} scored highest: {best.score:.2f} (by {best.scorer})"
        self._tell("score_humans", arguments, result)

    async def _name(self, worker_id: str) -> str:
        return (await self._desk.router.worker(worker_id)).worker.name or worker_id

    def _tell(self, name: str, arguments: Mapping[str, str], result: str) -> None:
        written = json.dumps(arguments, ensure_ascii=False)
        self._desk.observer.observe(ToolCalled(self._call_id, self._desk.utc_now(), 0, name, written, result))

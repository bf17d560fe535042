"""What the page of human agents shows, in the words and order in which it shows it.

Nothing here changes by the mere passing of time: the page's script counts the seconds.
"""

from dataclasses import dataclass
from urllib.parse import quote

from routing.values import Assignment, Labels, Offer, WorkerState, WorkerView
from stores.records import CallHistory
from stores.router_history import ScoringRecord
from web.agents.board import Board, Desk, HeldJob, ScoredJob
from web.report_view import Field, claims_view
from web.wording import caller_name, counted

HOME = "/agents"
MOST_LINES = 12
"""Of what was said, the last ones stand beside the call; all of it is in the report."""
_STATES = {
    WorkerState.ACTIVE: "Signed in",
    WorkerState.DRAINING: "Signed out, still in a call",
    WorkerState.INACTIVE: "Signed out",
}


@dataclass(frozen=True, slots=True)
class ShownScore:
    """How well a worker suits."""

    name: str
    score: str
    scorer: str
    reason: str
    is_asked: bool
    """They have an offer."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """Somebody who wants a human."""

    job_id: str
    labels: tuple[tuple[str, str], ...]
    waits_since: str
    """RFC 3339."""
    waits_since_words: str
    report_url: str
    """Empty: it is about no call."""
    offers: tuple["ShownOffer", ...]
    scores: tuple[ShownScore, ...]


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """A job that is held out to a worker."""

    offer_id: str
    name: str
    expires_at: str
    """RFC 3339."""
    expires_words: str


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """One that is held out to the reader."""

    offer: ShownOffer
    job: ShownJob
    accept_url: str
    decline_url: str


@dataclass(frozen=True, slots=True)
class ShownWorker:
    """A human agent."""

    worker_id: str
    name: str
    state: str
    is_available: bool
    load: str
    labels: tuple[tuple[str, str], ...]
    url: str
    """The page as they see it."""
    available_url: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """Something that was said, or written."""

    is_caller: bool
    text: str


@dataclass(frozen=True, slots=True)
class ToldCall:
    """What is known of a call."""

    caller: str
    report_url: str
    claims: tuple[tuple[Field, ...], ...]
    lines: tuple[ShownLine, ...]
    earlier: str
    """How much was said before these lines; empty: nothing."""


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call that the reader has taken."""

    job: ShownJob
    assignment_id: str
    since: str
    """RFC 3339."""
    since_words: str
    is_completed: bool
    complete_url: str
    close_url: str
    call_id: str
    """Empty: it is about no call."""
    told: ToldCall | None
    """None: nothing is known of the call here."""


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """The whole page."""

    now: str
    """RFC 3339."""
    queue: str
    waiting: str
    jobs: tuple[ShownJob, ...]
    unseen: str
    """How many wait beside those; empty: none."""
    workers: tuple[ShownWorker, ...]
    me: ShownWorker | None = None
    """Who reads; None: they have not said."""
    offers: tuple[OwnOffer, ...] = ()
    calls: tuple[OwnCall, ...] = ()
    last: ToldCall | None = None
    """The call that they had last, if it is theirs no more for the router: they may talk still."""


def shown_board(board: Board, desk: Desk | None, last: CallHistory | None = None) -> ShownBoard:
    """The page, for somebody who works at this desk, or only looks; ``last`` is the call that they had last."""
    names = {each.worker.worker_id: each.worker.name or each.worker.worker_id for each in board.workers}
    more = board.queue.length - len(board.jobs)
    shown = ShownBoard(
        now=board.now.isoformat(),
        queue=board.queue.queue.name or board.queue.queue.queue_id,
        waiting=counted(max(board.queue.length, len(board.jobs)), "caller"),
        jobs=tuple(_job(each, names) for each in board.jobs),
        unseen=f"{more:,} more in this queue" if more > 0 else "",
        workers=tuple(shown_worker(each) for each in board.workers),
    )
    if desk is None:
        return shown
    names |= {desk.worker.worker.worker_id: desk.worker.worker.name or desk.worker.worker.worker_id}
    return ShownBoard(
        shown.now,
        shown.queue,
        shown.waiting,
        shown.jobs,
        shown.unseen,
        shown.workers,
        shown_worker(desk.worker),
        tuple(_own_offer(offer, job, names) for offer, job in desk.offers),
        tuple(_own_call(each, names) for each in desk.held),
        None if last is None or last.call.call_id in {each.job.call_id for each in desk.held} else _told(last),
    )


def shown_worker(view: WorkerView) -> ShownWorker:
    """A human agent."""
    worker = view.worker
    return ShownWorker(
        worker.worker_id,
        worker.name or worker.worker_id,
        _STATES[view.state],
        worker.is_available,
        f"{view.load} of {worker.capacity}",
        _labels(worker.labels),
        f"{HOME}?worker={quote(worker.worker_id, safe='')}",
        f"{_own(worker.worker_id)}/available",
    )


def report_url(call_id: str) -> str:
    """Where a call is shown with all that is known of it; empty without a call."""
    return f"/report/{quote(call_id, safe='')}" if call_id else ""


def _own(worker_id: str) -> str:
    return f"{HOME}/{quote(worker_id, safe='')}"


def _job(job: ScoredJob, names: dict[str, str]) -> ShownJob:
    asked = {each.worker_id for each in job.view.offers}
    return ShownJob(
        job.view.job.job_id,
        _labels(job.view.job.labels),
        job.view.enqueued_at.isoformat(),
        f"since {job.view.enqueued_at:%H:%M:%S} UTC",
        report_url(job.call_id),
        tuple(_offer(each, names) for each in job.view.offers),
        tuple(_score(each, names, is_asked=each.worker_id in asked) for each in job.scores),
    )


def _offer(offer: Offer, names: dict[str, str]) -> ShownOffer:
    name = names.get(offer.worker_id, offer.worker_id)
    words = f"until {offer.expires_at:%H:%M:%S} UTC"
    return ShownOffer(offer.offer_id, name, offer.expires_at.isoformat(), words)


def _score(scored: ScoringRecord, names: dict[str, str], *, is_asked: bool) -> ShownScore:
    name = names.get(scored.worker_id, scored.worker_id)
    return ShownScore(name, f"{scored.score:.2f}", scored.scorer, scored.reason, is_asked)


def _own_offer(offer: Offer, job: ScoredJob, names: dict[str, str]) -> OwnOffer:
    url = f"{_own(offer.worker_id)}/offers/{quote(offer.offer_id, safe='')}"
    return OwnOffer(_offer(offer, names), _job(job, names), f"{url}/accept", f"{url}/decline")


def _own_call(held: HeldJob, names: dict[str, str]) -> OwnCall:
    assignment: Assignment = held.assignment
    url = f"{_own(assignment.worker_id)}/assignments/{quote(assignment.job_id, safe='')}"
    return OwnCall(
        _job(held.job, names),
        assignment.assignment_id,
        assignment.assigned_at.isoformat(),
        f"since {assignment.assigned_at:%H:%M:%S} UTC",
        held.is_completed,
        f"{url}/complete",
        f"{url}/close",
        held.job.call_id,
        _told(held.history) if held.history else None,
    )


def _told(history: CallHistory) -> ToldCall:
    earlier = len(history.messages) - MOST_LINES
    return ToldCall(
        caller_name(history.call),
        report_url(history.call.call_id),
        tuple(tuple(each) for each in claims_view(history) if each),
        tuple(ShownLine(each.persona == "caller", each.text) for each in history.messages[-MOST_LINES:]),
        counted(earlier, "earlier line") if earlier > 0 else "",
    )


def _labels(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in labels.items()
    )

"""Job Router over REST, as the Azure SDK calls it: each operation checks its signature, and asks the machine."""

import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.acs_auth import verify
from emulators.acs_requests import bad_request
from emulators.errors import RequestRefused
from emulators.job_router_wire import (
    checked,
    job_body,
    job_of,
    merged,
    policy_of,
    queue_of,
    retry_at,
    without_secrets,
    worker_body,
    worker_of,
)
from routing.errors import IllegalJobStep, InvalidSetup, OfferGone, RoutingError, UnknownJob, UnknownWorker
from routing.router import Command, RouterMachine

API_VERSION = "2023-11-01"
REMEMBERED_REFUSALS = 1_000
"""Later ones are dropped."""
REMEMBERED_OFFERS = 10_000
"""Ids of offers that were open once; the oldest is forgotten."""
MOST_ON_A_PAGE = 100
"""Of a list: the address of the next page stands beside."""
_LISTED_BY = frozenset({"api-version", "channelId", "maxpagesize", "queueId", "skip", "state"})
_MERGE_PATCH = "application/merge-patch+json"
Json = dict[str, Any]
Answer = tuple[int, Json]


class JobRouterRest:
    """The REST side of the service.

    Args:
        machine: Decides.
        perform: Does what it wants.
        access_key: Base64; requests must be signed with it.
        now: The clock.

    Attributes:
        refusals: What was refused, and why, in order.
    """

    def __init__(
        self,
        machine: RouterMachine,
        perform: Callable[[Sequence[Command]], None],
        *,
        access_key: str,
        now: Callable[[], datetime],
    ) -> None:
        self.refusals: list[str] = []
        self._machine = machine
        self._perform = perform
        self._access_key = access_key
        self._now = now
        # Bounded by what the test creates.
        self._documents: dict[tuple[str, str], Json] = {}
        # Bounded by the jobs.
        self._unassigned = Counter[str]()
        # Bounded by REMEMBERED_OFFERS.
        self._offered: OrderedDict[str, None] = OrderedDict()

    def note(self, refusal: str) -> None:
        """Remember why something was refused."""
        if len(self.refusals) < REMEMBERED_REFUSALS:
            self.refusals.append(refusal)

    def routes(self) -> list[Route]:
        """All operations that are pretended."""
        job, worker = "/routing/jobs/{job_id}", "/routing/workers/{worker_id}"
        held = f"{job}/assignments/{{assignment_id}}"
        table = [
            ("PATCH", "/routing/distributionPolicies/{policy_id}", self._put_policy),
            ("GET", "/routing/distributionPolicies/{policy_id}", self._get_policy),
            ("PATCH", "/routing/queues/{queue_id}", self._put_queue),
            ("GET", "/routing/queues/{queue_id}", self._get_queue),
            ("GET", "/routing/queues/{queue_id}/statistics", self._statistics),
            ("GET", "/routing/workers", self._list_workers),
            ("PATCH", worker, self._put_worker),
            ("GET", worker, self._get_worker),
            ("POST", f"{worker}/offers/{{offer_id}}:accept", self._accept),
            ("POST", f"{worker}/offers/{{offer_id}}:decline", self._decline),
            ("POST", f"{job}:cancel", self._cancel),
            ("POST", f"{held}:complete", self._complete),
            ("POST", f"{held}:close", self._close),
            ("POST", f"{held}:unassign", self._unassign),
            ("GET", "/routing/jobs", self._list_jobs),
            ("PATCH", job, self._put_job),
            ("GET", job, self._get_job),
        ]
        return [self._route(*row) for row in table]

    def _route(self, method: str, path: str, operation: Callable[[dict[str, str], Json], Answer]) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            try:
                self._check(request, body)
                status, answer = operation({**request.query_params, **request.path_params}, _json(body))
                if "nextLink" in answer:
                    answer["nextLink"] = str(request.url.include_query_params(**answer["nextLink"]))
            except (RequestRefused, RoutingError) as error:
                refused = _refused(error)
                # To ask for what is not there is a fair question.
                if method != "GET" or refused.status != 404:
                    self.note(f"{method} {request.url.path}: {refused.status} {refused}")
                status, answer = refused.status, {"error": {"code": refused.code, "message": str(refused)}}
            self._remember_offers()
            return JSONResponse(answer, status)

        return Route(path, endpoint, methods=[method])

    def _check(self, request: Request, body: bytes) -> None:
        query = request.url.query
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
        verify(
            method=request.method,
            path_and_query=f"{path}?{query}" if query else path,
            headers=request.headers,
            body=body,
            access_key=self._access_key,
            now=datetime.now().astimezone(),  # signatures are made by the time of the machine
        )
        if request.query_params.get("api-version") != API_VERSION:
            raise bad_request(f"api-version: only {API_VERSION} is known here")
        if request.method == "PATCH" and request.headers.get("content-type", "") != _MERGE_PATCH:
            raise bad_request(f"content-type: {_MERGE_PATCH} is wanted")

    def _put(self, kind: str, name: str, patch: Json, apply: Callable[[Json], tuple[Command, ...]]) -> bool:
        """Merge a patch into a document, if what comes out can be applied; whether it is new."""
        known = self._documents.get((kind, name))
        document = merged(known or {}, checked(kind, patch))
        self._perform(apply(document))
        self._documents[kind, name] = document
        return known is None

    def _put_policy(self, path: dict[str, str], patch: Json) -> Answer:
        name = path["policy_id"]
        is_new = self._put(
            "distributionPolicies",
            name,
            patch,
            lambda document: self._machine.put_policy(policy_of(name, document), self._now()),
        )
        return 201 if is_new else 200, self._get_policy(path, {})[1]

    def _get_policy(self, path: dict[str, str], _: Json) -> Answer:
        return 200, without_secrets(self._document("distributionPolicies", path["policy_id"]))

    def _put_queue(self, path: dict[str, str], patch: Json) -> Answer:
        name = path["queue_id"]
        is_new = self._put(
            "queues", name, patch, lambda document: self._machine.put_queue(queue_of(name, document), self._now())
        )
        return 201 if is_new else 200, self._get_queue(path, {})[1]

    def _get_queue(self, path: dict[str, str], _: Json) -> Answer:
        return 200, self._document("queues", path["queue_id"])

    def _statistics(self, path: dict[str, str], _: Json) -> Answer:
        self._document("queues", path["queue_id"])
        view = self._machine.state.queue_view(path["queue_id"], self._now())
        return 200, {
            "queueId": path["queue_id"],
            "length": view.length,
            "longestJobWaitTimeMinutes": view.longest_wait_s / 60,
        }

    def _put_worker(self, path: dict[str, str], patch: Json) -> Answer:
        name = path["worker_id"]
        known, tracked = self._documents.get(("workers", name)), self._machine.state.workers.get(name)
        if known is not None and tracked is not None:
            # The service itself takes workers off.
            known["availableForOffers"] = tracked.worker.is_available
        is_new = self._put(
            "workers", name, patch, lambda document: self._machine.put_worker(worker_of(name, document), self._now())
        )
        return 201 if is_new else 200, self._get_worker(path, {})[1]

    def _get_worker(self, path: dict[str, str], _: Json) -> Answer:
        document = self._document("workers", path["worker_id"])
        return 200, worker_body(self._machine.state.worker_view(path["worker_id"]), document)

    def _list_workers(self, query: dict[str, str], _: Json) -> Answer:
        names = sorted(name for kind, name in self._documents if kind == "workers")
        found = [self._get_worker({"worker_id": name}, {})[1] for name in names]
        if unknown := sorted(set(query) - _LISTED_BY):
            raise bad_request(f"{unknown[0]}: this emulator does not know it")
        queue_id, state, channel_id = query.get("queueId"), query.get("state", "all"), query.get("channelId")
        meant = [
            each
            for each in found
            if (not queue_id or queue_id in each.get("queues", ()))
            and state in ("all", each["state"])
            and (not channel_id or any(channel_id == own["channelId"] for own in each.get("channels", ())))
        ]
        size, begin = _number(query, "maxpagesize", MOST_ON_A_PAGE), _number(query, "skip", 0)
        end = begin + max(1, min(size, MOST_ON_A_PAGE))
        # The parameters that differ; whoever answers makes the address of it.
        more: Json = {"nextLink": {"skip": end}} if end < len(meant) else {}
        return 200, {"value": meant[begin:end], **more}

    def _put_job(self, path: dict[str, str], patch: Json) -> Answer:
        name = path["job_id"]
        is_new = self._put(
            "jobs", name, patch, lambda document: self._machine.create_job(job_of(name, document), self._now())
        )
        return 201 if is_new else 200, self._get_job(path, {})[1]

    def _get_job(self, path: dict[str, str], _: Json) -> Answer:
        document = self._document("jobs", path["job_id"])
        return 200, job_body(self._machine.state.job_view(path["job_id"]), document)

    def _list_jobs(self, query: dict[str, str], _: Json) -> Answer:
        names = sorted(name for kind, name in self._documents if kind == "jobs")
        found = [self._get_job({"job_id": name}, {})[1] for name in names]
        queue_id, status = query.get("queueId"), query.get("status", "all")
        if status == "active":
            raise bad_request("status: active is not pretended")
        wanted = [each for each in found if queue_id in (None, each["queueId"]) and status in ("all", each["status"])]
        return 200, {"value": wanted}

    def _accept(self, path: dict[str, str], _: Json) -> Answer:
        taken, commands = self._machine.accept(path["worker_id"], self._known_offer(path), self._now())
        self._perform(commands)
        return 200, {"assignmentId": taken.assignment_id, "jobId": taken.job_id, "workerId": taken.worker_id}

    def _decline(self, path: dict[str, str], body: Json) -> Answer:
        at, now = retry_at(body), self._now()
        pause = None if at is None else at - now
        self._perform(self._machine.decline(path["worker_id"], self._known_offer(path), now, retry_after=pause))
        return 200, {}

    def _cancel(self, path: dict[str, str], body: Json) -> Answer:
        note = str(body.get("note") or "")
        self._perform(self._machine.cancel_job(path["job_id"], self._now(), note=note))
        return 200, {}

    def _complete(self, path: dict[str, str], _: Json) -> Answer:
        self._perform(self._machine.complete_job(path["job_id"], path["assignment_id"], self._now()))
        return 200, {}

    def _close(self, path: dict[str, str], body: Json) -> Answer:
        if body.get("closeAt"):
            raise bad_request("closeAt: this emulator closes at once")
        self._perform(self._machine.close_job(path["job_id"], path["assignment_id"], self._now()))
        return 200, {}

    def _unassign(self, path: dict[str, str], body: Json) -> Answer:
        if body.get("suspendMatching"):
            raise bad_request("suspendMatching: this emulator looks for the next at once")
        self._perform(self._machine.unassign_job(path["job_id"], path["assignment_id"], self._now()))
        self._unassigned[path["job_id"]] += 1
        return 200, {"jobId": path["job_id"], "unassignmentCount": self._unassigned[path["job_id"]]}

    def _document(self, kind: str, name: str) -> Json:
        document = self._documents.get((kind, name))
        if document is None:
            raise RequestRefused(404, "NotFound", f"there is no {name} among the {kind}")
        return {"etag": '"1"', **document, "id": name}

    def _known_offer(self, path: dict[str, str]) -> str:
        self._remember_offers()
        if path["offer_id"] not in self._offered:
            raise RequestRefused(404, "NotFound", f"there is no offer {path['offer_id']}")
        return path["offer_id"]

    def _remember_offers(self) -> None:
        for offer_id in self._machine.state.offers:
            self._offered[offer_id] = None
        while len(self._offered) > REMEMBERED_OFFERS:
            self._offered.popitem(last=False)


def _json(body: bytes) -> Json:
    try:
        found = json.loads(body) if body else {}
    except ValueError as error:
        raise bad_request("the body is not JSON") from error
    if not isinstance(found, dict):
        raise bad_request("the body is not an object")
    return found


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise bad_request(f"{name}: must be a whole number")
    return int(text)


def _refused(error: RequestRefused | RoutingError) -> RequestRefused:
    match error:
        case RequestRefused():
            return error
        case UnknownJob() | UnknownWorker():
            return RequestRefused(404, "NotFound", str(error))
        case OfferGone():
            return RequestRefused(409, "Conflict", str(error))
        case IllegalJobStep() | InvalidSetup():
            return RequestRefused(400, "BadRequest", str(error))
        case _:
            raise error

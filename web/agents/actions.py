"""``/agents/{worker_id}/…``: what a human agent does, for the page and for other programs.

Who may do so is decided in front of it: whoever is let in may act for each of the workers.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from routing.errors import IllegalJobStep, OfferGone, RouterUnavailable, UnknownJob, UnknownWorker
from routing.values import Assignment, WorkerState
from web.agents.board import AgentSources, Boards
from web.agents.view import HOME, report_url
from web.api.answers import json_response
from web.api.examples import CALL_ID
from web.api.models import Shown
from web.api.operations import Answer, Endpoint, Operation, Parameter
from web.api.parameters import explained
from web.bodies import json_body
from web.errors import RequestRefused

_LONGEST_BODY_BYTES: Final = 1_024
_RETRY_AFTER: Final = {"retry-after": "5"}


class AvailablePost(BaseModel):
    """Whether a worker takes offers from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    is_available: bool


class AgentGet(Shown):
    """A worker as they stand."""

    worker_id: str
    name: str
    is_available: bool
    state: WorkerState
    load: int = Field(description="How much of the capacity is taken, by calls and by open offers.")
    capacity: int


class AcceptedGet(Shown):
    """The job is theirs."""

    job_id: str
    assignment_id: str
    call_id: str = Field(description="Empty: the job is about no call.")
    report_url: str = Field(description="The page of the call; empty without one.")


@dataclass(frozen=True, slots=True)
class AgentActions:
    """What the routes do."""

    sources: AgentSources
    boards: Boards

    async def available(self, request: Request) -> Response:
        """``POST /agents/{worker_id}/available``."""
        body = await json_body(request, longest_bytes=_LONGEST_BODY_BYTES)
        try:
            wanted = AvailablePost.model_validate_json(body)
        except ValidationError as error:
            details = explained(error, "there is no such field")
            raise RequestRefused(400, "The body cannot be taken", details) from error
        worker_id, router = request.path_params["worker_id"], self.sources.router
        async with self._acting():
            await router.set_available(worker_id, wanted.is_available)
            view = await router.worker(worker_id)
        worker = view.worker
        shown = AgentGet(
            worker_id=worker.worker_id,
            name=worker.name,
            is_available=worker.is_available,
            state=view.state,
            load=view.load,
            capacity=worker.capacity,
        )
        return json_response(shown)

    async def accept(self, request: Request) -> Response:
        """``POST /agents/{worker_id}/offers/{offer_id}/accept``."""
        worker_id, offer_id = request.path_params["worker_id"], request.path_params["offer_id"]
        async with self._acting():
            await self.sources.router.worker(worker_id)
            taken = await self.sources.router.accept(worker_id, offer_id)
            self.boards.forget()
            call_id = (await self.sources.router.job(taken.job_id)).job.call_id
        shown = AcceptedGet(
            job_id=taken.job_id,
            assignment_id=taken.assignment_id,
            call_id=call_id,
            report_url=report_url(call_id),
        )
        return json_response(shown)

    async def decline(self, request: Request) -> Response:
        """``POST /agents/{worker_id}/offers/{offer_id}/decline``."""
        worker_id, offer_id = request.path_params["worker_id"], request.path_params["offer_id"]
        async with self._acting():
            await self.sources.router.worker(worker_id)
            await self.sources.router.decline(worker_id, offer_id)
        return Response(status_code=204)

    async def complete(self, request: Request) -> Response:
        """``POST /agents/{worker_id}/assignments/{job_id}/complete``."""
        async with self._acting():
            held = await self._held(request)
            await self.sources.router.complete_job(held.job_id, held.assignment_id)
        return Response(status_code=204)

    async def close(self, request: Request) -> Response:
        """``POST /agents/{worker_id}/assignments/{job_id}/close``."""
        async with self._acting():
            held = await self._held(request)
            await self.sources.router.close_job(held.job_id, held.assignment_id)
        return Response(status_code=204)

    async def _held(self, request: Request) -> Assignment:
        job_id = request.path_params["job_id"]
        worker = await self.sources.router.worker(request.path_params["worker_id"])
        for each in worker.assignments:
            if each.job_id == job_id:
                return each
        raise UnknownJob(job_id)

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator[None]:
        """What is shown from now on is newer than what is done in here.

        Raises:
            RequestRefused: With words for what the router raised.
        """
        try:
            yield
        except UnknownWorker as error:
            raise RequestRefused(404, "There is no such worker") from error
        except UnknownJob as error:
            raise RequestRefused(404, "This worker has no such call") from error
        except OfferGone as error:
            details = ["It has expired, was taken back or taken by somebody else, or was answered already"]
            raise RequestRefused(409, "The offer is gone", details) from error
        except IllegalJobStep as error:
            raise RequestRefused(409, "That cannot be done now", [str(error)]) from error
        except RouterUnavailable as error:
            details = ["What was asked for may have been done: look before you ask again"]
            raise RequestRefused(503, "The router does not answer", details, _RETRY_AFTER) from error
        finally:
            self.boards.forget()


def agent_operations(sources: AgentSources, boards: Boards) -> Sequence[Operation]:
    """All below ``/agents/{worker_id}``."""
    actions = AgentActions(sources, boards)
    offer, held = f"{HOME}/{{worker_id}}/offers/{{offer_id}}", f"{HOME}/{{worker_id}}/assignments/{{job_id}}"
    return [
        Operation(
            method="POST",
            path=f"{HOME}/{{worker_id}}/available",
            endpoint=actions.available,
            operation_id="setAgentAvailable",
            tag="agents",
            summary="Sign a human agent in or out",
            description="Signed out they are offered nothing, and their open offers are taken back; calls stay theirs.",
            parameters=_parameters("worker_id"),
            body=AvailablePost,
            body_example={"is_available": True},
            answers={
                200: Answer(description="So they stand now.", model=AgentGet, example=_agent_example()),
                400: Answer(description="The body is not JSON, or is_available is not there."),
                413: Answer(description="The body is too long."),
                415: Answer(description="The body is to be application/json."),
                **_refusals("There is no such worker."),
            },
        ),
        Operation(
            method="POST",
            path=f"{offer}/accept",
            endpoint=actions.accept,
            operation_id="acceptOffer",
            tag="agents",
            summary="Take the call that is offered",
            description="The body does not matter.",
            parameters=_parameters("worker_id", "offer_id"),
            answers={
                200: Answer(description="It is theirs.", model=AcceptedGet, example=_accepted_example()),
                409: Answer(description="The offer is gone: it has expired, or was taken back, or answered."),
                **_refusals("There is no such worker."),
            },
        ),
        _step(
            f"{offer}/decline", actions.decline, "declineOffer", "Leave the call to somebody else", "The offer is gone."
        ),
        _step(f"{held}/complete", actions.complete, "completeAssignment", "The caller is served", _NOT_NOW),
        _step(f"{held}/close", actions.close, "closeAssignment", "Be free for the next caller", _NOT_NOW),
    ]


_NOT_NOW: Final = "The job is in no state for it; the reason names both."


def _step(path: str, endpoint: Endpoint, operation_id: str, summary: str, conflict: str) -> Operation:
    names = ("worker_id", "offer_id" if "{offer_id}" in path else "job_id")
    return Operation(
        method="POST",
        path=path,
        endpoint=endpoint,
        operation_id=operation_id,
        tag="agents",
        summary=summary,
        description="The body does not matter.",
        parameters=_parameters(*names),
        answers={
            204: Answer(description="Done."),
            409: Answer(description=conflict),
            **_refusals("There is no such worker, or they have no such call."),
        },
    )


def _refusals(unknown: str) -> Mapping[int, Answer]:
    return {
        404: Answer(description=unknown),
        503: Answer(
            description="The router does not answer; what was asked for may have been done.",
            headers={"Retry-After": "In seconds."},
        ),
    }


def _parameters(*names: str) -> Sequence[Parameter]:
    about = {
        "worker_id": ("As it was set up.", "ann"),
        "offer_id": ("Of an offer to this worker.", "5f0b1c6e8d0a4b0f9a3f5f6f0d1c2b3a"),
        "job_id": ("Of a job that this worker has taken.", "job-7"),
    }
    schema = {"type": "string", "minLength": 1, "maxLength": 256}
    return [Parameter(name=each, description=about[each][0], schema=schema, example=about[each][1]) for each in names]


def _agent_example() -> dict[str, object]:
    return {
        "worker_id": "ann",
        "name": "Ann",
        "is_available": True,
        "state": "active",
        "load": 0,
        "capacity": 1,
    }


def _accepted_example() -> dict[str, object]:
    return {
        "job_id": "job-7",
        "assignment_id": "0d7e0f0a3c5b4c52a1d3f7a9b1c3d5e7",
        "call_id": CALL_ID,
        "report_url": f"/report/{CALL_ID}",
    }

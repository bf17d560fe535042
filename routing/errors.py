"""What can go wrong when a human agent is looked for.

RoutingError
├── RouterUnavailable       the router does not answer, or refuses for reasons of its own; try again later
├── MalformedScoreRequest   a request to score that cannot be read: the sender's fault
├── InvalidSetup            what was to be set up contradicts itself; the message says where
├── UnknownJob              no such job
├── UnknownWorker           no such worker
├── OfferGone               the offer was taken, declined or revoked, has expired, or never was
└── IllegalJobStep          the job is not in a state in which this can be done
"""


class RoutingError(Exception):
    """Base of all errors of this package."""


class RouterUnavailable(RoutingError):
    """The router does not answer, or refuses for reasons of its own. What was asked for may have been done."""


class InvalidSetup(RoutingError):
    """What was to be set up contradicts itself. The message says where, and fits on one line."""


class UnknownJob(RoutingError):
    """There is no job of this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job {job_id}")
        self.job_id = job_id


class UnknownWorker(RoutingError):
    """There is no worker of this id."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(f"there is no worker {worker_id}")
        self.worker_id = worker_id


class OfferGone(RoutingError):
    """The offer is not open, or not this worker's."""

    def __init__(self, offer_id: str) -> None:
        super().__init__(f"offer {offer_id} is not open")
        self.offer_id = offer_id


class IllegalJobStep(RoutingError):
    """The job is not in a state in which this can be done; the message names both."""


class MalformedScoreRequest(RoutingError):
    """A request to score that cannot be read. The message names keys, never values."""

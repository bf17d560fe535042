"""What setting up would change: the same for every router. Sans-IO."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from routing.errors import InvalidSetup
from routing.values import Change, Policy, Queue, Worker


def changes(
    known_policy: Policy | None,
    known_queue: Queue | None,
    known_workers: Mapping[str, Worker],
    *,
    policy: Policy,
    queue: Queue,
    workers: Sequence[Worker],
) -> tuple[Change, ...]:
    """What differs between what is there and what is wanted, in the order in which it is to be changed."""
    found = [
        _change("policy", policy.policy_id, known_policy, policy),
        _change("queue", queue.queue_id, known_queue, queue),
        *(
            _change("worker", each.worker_id, known_workers.get(each.worker_id), each)
            for each in wanted_workers(known_workers, workers)
        ),
    ]
    return tuple(each for each in found if each is not None)


def wanted_workers(known: Mapping[str, Worker], workers: Iterable[Worker]) -> tuple[Worker, ...]:
    """The workers as they are to be: those who are there already sign in and out themselves."""
    return tuple(
        replace(each, is_available=known[each.worker_id].is_available) if each.worker_id in known else each
        for each in workers
    )


def check(policy: Policy, queue: Queue, workers: Sequence[Worker]) -> None:
    """Refuse what contradicts itself. Raises ``InvalidSetup``."""
    if queue.policy_id != policy.policy_id:
        raise InvalidSetup(f"queue {queue.queue_id}: its policy is {queue.policy_id}, not {policy.policy_id}")
    ids = [each.worker_id for each in workers]
    if doubled := sorted({each for each in ids if ids.count(each) > 1}):
        raise InvalidSetup(f"worker {doubled[0]}: named twice")


def _change(kind: str, name: str, known: Any, wanted: Any) -> Change | None:
    if known is None:
        return Change(kind, name)
    differing = tuple(
        field.name
        for field in fields(wanted)
        if _plain(getattr(known, field.name)) != _plain(getattr(wanted, field.name))
    )
    return Change(kind, name, differing) if differing else None


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value

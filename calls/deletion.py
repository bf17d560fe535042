"""Calls that are deleted with their recordings: files first, rows after.

When it is cut short between the two, the rows are still there, and are found again.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from stores.erasure import Erasure

_AT_ONCE = 100
"""Calls in one transaction: it locks them, and others wait."""


@dataclass(frozen=True, slots=True)
class DeletedCalls:
    """What was deleted."""

    calls: int = 0
    recordings: int = 0
    """Files."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows of each table that lost some."""
    still_up: int = 0
    """Calls that were left alone because they are not over."""


class Deletion:
    """Deletes calls. Every method may raise ``stores.errors.StoreError``, and ``OSError`` for a file that stays.

    Args:
        erasure: Deletes their rows.
        recordings: The folder of their recordings, ``<call_id>.wav``, ``<call_id>.service.wav`` and so on.
    """

    def __init__(self, erasure: Erasure, recordings: Path) -> None:
        self._erasure = erasure
        self._recordings = recordings

    async def ended_before(self, moment: datetime) -> DeletedCalls:
        """Delete the calls that had ended before a moment."""
        total = DeletedCalls()
        while call_ids := await self._erasure.ended_before(moment, limit=_AT_ONCE):
            total = _sum(total, await self._delete(call_ids))
        return total

    async def router_rows_before(self, moment: datetime) -> int:
        """Delete what a router keeps of no call, and of long ago: how many rows."""
        return sum((await self._erasure.router_rows_before(moment)).rows.values())

    async def of_number(self, phone_number: str) -> DeletedCalls:
        """Delete the calls with this number (E.164) that are over."""
        call_ids = await self._erasure.of_number(phone_number)
        total = DeletedCalls(still_up=len(await self._erasure.of_number(phone_number, is_live=True)))
        for start in range(0, len(call_ids), _AT_ONCE):
            total = _sum(total, await self._delete(call_ids[start : start + _AT_ONCE]))
        return total

    async def _delete(self, call_ids: Sequence[str]) -> DeletedCalls:
        files = await asyncio.to_thread(_delete_files, self._recordings, frozenset(call_ids))
        deleted = await self._erasure.delete(call_ids)
        return DeletedCalls(len(deleted.call_ids), files, deleted.rows)


def _delete_files(folder: Path, call_ids: Collection[str]) -> int:
    """Blocks. The folder is read instead of guessed at: how many parts a recording has, nobody knows."""
    if not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        found = [entry.path for entry in entries if entry.name.partition(".")[0] in call_ids and entry.is_file()]
    for path in found:
        Path(path).unlink(missing_ok=True)
    return len(found)


def _sum(one: DeletedCalls, other: DeletedCalls) -> DeletedCalls:
    return DeletedCalls(
        one.calls + other.calls,
        one.recordings + other.recordings,
        Counter(one.rows) + Counter(other.rows),
        one.still_up + other.still_up,
    )

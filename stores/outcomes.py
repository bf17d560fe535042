"""What a call came to: its synthesis, and what is to be done next. Written by work that may run twice."""

from dataclasses import asdict
from functools import partial

from stores import conversions, tables
from stores.database import Database
from stores.records import NextActionRecord, SynthesisRecord
from stores.rows import append_once


class Outcomes:
    """Keeps what calls came to. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_synthesis(self, synthesis: SynthesisRecord) -> SynthesisRecord:
        """Add a synthesis, once for each ``work_id``; its ``sequence`` is given by the store.

        Returns:
            The one that stands: what the first run of this work has made.

        Raises:
            UnknownCall: There is no such call.
        """
        row = asdict(synthesis) | {"satisfaction": synthesis.satisfaction.value}
        work = partial(append_once, table=tables.syntheses, row=row)
        return conversions.synthesis_record(await self._database.write(work))

    async def add_next_action(self, action: NextActionRecord) -> NextActionRecord:
        """Add what is to be done next, once for each ``work_id``; as ``add_synthesis``."""
        row = asdict(action) | {"action": action.action.value}
        work = partial(append_once, table=tables.next_actions, row=row)
        return conversions.next_action_record(await self._database.write(work))

"""This process among those that share the store."""

import uuid
from contextlib import AsyncExitStack
from dataclasses import replace

from assembly.times import utc_now
from calls.presence import Presence
from calls.settings import LiveCallsSettings
from stores.bells import bell_of
from stores.database import Database
from stores.nudges import Nudges
from stores.replicas import Replicas


async def enter_replicas(database: Database, stack: AsyncExitStack) -> Presence:
    """Be one of them, until the stack is left: before there are calls, and after all of them are written."""
    return await stack.enter_async_context(Presence(uuid.uuid4().hex, Replicas(database), utc_now=utc_now))


async def among_replicas(settings: LiveCallsSettings, database: Database, presence: Presence) -> LiveCallsSettings:
    """The same, of this replica: all of them know each other's calls by their addresses."""
    key = await Replicas(database).shared_key("call addresses")
    return replace(settings, replica_id=presence.replica_id, address_key=key)


def build_nudges(database: Database) -> Nudges:
    """The way of events between replicas."""
    return Nudges(database, bell_of(database), utc_now=utc_now)

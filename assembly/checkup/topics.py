"""The topics: read, and looked through for mistakes."""

import asyncio
from collections.abc import Iterator

from assembly.checkup.findings import Check, NotWorking, Seen, State
from assembly.topics import TopicsUnusable, checked
from config import Config


def checks_of_topics(config: Config) -> Iterator[Check]:
    """One row."""

    async def topics() -> Seen:
        return await look_at_topics(config)

    yield Check("topics", topics, "topics.path")


async def look_at_topics(config: Config) -> Seen:
    """Whether the server would start with them; no service of theirs is asked."""
    folder = config.topics.path
    if folder is None:
        return Seen("there are none", "topics.path names a folder of them: docs/topics.md", State.OFF)
    try:
        read, mistakes = await asyncio.to_thread(checked, folder, config)
    except TopicsUnusable as error:
        raise NotWorking(str(error), "set topics.path to a folder of topics") from error
    if mistakes:
        more = f", and {len(mistakes) - 1} more" if len(mistakes) > 1 else ""
        raise NotWorking(f"{mistakes[0]}{more}", f"python server.py topics check {folder} tells every mistake")
    return Seen(f"{len(read.topics)} in {folder}")

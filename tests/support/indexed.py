"""Index and topics for tests on a clock that jumps: it would jump past what a thread still brings."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from agent.errors import SearchFailed
from assembly.topics import TopicParts, checked
from config import Config
from providers.document_folder import carry_out, changes_of
from providers.document_index import DocumentIndex
from providers.errors import UnusableIndex
from providers.local_search import LocalSearch
from providers.minilm import MiniLm
from providers.topic_likeness import TopicLikeness

Result = TypeVar("Result")


class SearchAtOnce(LocalSearch):
    """The embedded index, asked on the loop itself."""

    async def _run(self, function: Callable[[], Result]) -> Result:
        try:
            return function()
        except UnusableIndex as error:
            raise SearchFailed(str(error)) from error


def indexed(documents: Mapping[str, str], folder: Path) -> SearchAtOnce | None:
    """An index of these files, made in this folder; None without any."""
    if not documents:
        return None
    sources, path = folder / "documents", folder / "documents.db"
    sources.mkdir()
    for name, text in documents.items():
        (sources / name).write_text(text, encoding="utf-8")
    embed, index = MiniLm().embed, DocumentIndex.create(path)
    list(carry_out(changes_of(sources, index), index, embed))
    index.close()
    return SearchAtOnce(path, load=lambda: embed)


class LikenessAtOnce(TopicLikeness):
    """The real likeness, asked on the loop itself."""

    async def likeness(self, said: str, phrases: Sequence[str], *, language: str) -> tuple[float, ...]:
        """By meaning."""
        return self._by_meaning(said, phrases)


def topics_at(folder: str, config: Config) -> TopicParts | None:
    """The topics of a folder of the project; None where none is named."""
    if not folder:
        return None
    read, mistakes = checked(Path(__file__).parents[2] / folder, config)
    assert mistakes == (), mistakes
    return TopicParts(read.topics, LikenessAtOnce())

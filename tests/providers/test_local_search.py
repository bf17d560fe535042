"""Search in the embedded index, with the installed model and the example documents."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import current_thread, main_thread

import pytest

from agent.errors import SearchFailed
from agent.facts import Citation
from agent.search import Search
from providers.document_folder import carry_out, changes_of
from providers.document_index import DocumentIndex, NewPassage
from providers.document_reading import title_of
from providers.local_search import LocalSearch, is_english
from providers.minilm import Floats, MiniLm
from tests.providers.contract_search import DOCUMENTS, SearchContract

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "documents"


@pytest.fixture(scope="module")
def model() -> MiniLm:
    """The installed weights."""
    return MiniLm()


@pytest.fixture(scope="module")
def path(model: MiniLm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, indexed."""
    path = tmp_path_factory.mktemp("index") / "documents.db"
    index = DocumentIndex.create(path)
    list(carry_out(changes_of(EXAMPLES, index), index, model.embed))
    index.close()
    return path


def damaged_copy(path: Path, folder: Path) -> Path:
    """The index with all but its first page overwritten."""
    content = path.read_bytes()
    damaged = folder / "damaged.db"
    damaged.write_bytes(content[:4096] + bytes(len(content) - 4096))
    return damaged


@pytest.fixture
async def search(path: Path, model: MiniLm) -> AsyncIterator[LocalSearch]:
    """The search under test."""
    search = LocalSearch(path, load=lambda: model.embed)
    yield search
    await search.close()


class TestLocal(SearchContract):
    """The contract of every search."""

    @pytest.fixture
    async def search(self, tmp_path: Path, model: MiniLm) -> AsyncIterator[Search]:
        index = DocumentIndex.create(tmp_path / "documents.db")
        for name, (question, answer) in DOCUMENTS.items():
            vector, text = model.embed(f"{question} {answer}"), f"{question}\n{answer}"
            index.put(name, title=title_of(name), digest="", passages=[NewPassage("", text, vector)])
        index.close()
        search = LocalSearch(tmp_path / "documents.db", load=lambda: model.embed)
        yield search
        await search.close()

    @pytest.fixture
    async def broken(self, path: Path, tmp_path: Path) -> AsyncIterator[Search]:
        search = LocalSearch(damaged_copy(path, tmp_path))
        yield search
        await search.close()


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Do I have to pay anything if a small stone chip is repaired?", "glass_damage.md"),
        ("My windshield is cracked, what does a new one cost me?", "glass_damage.md"),
        ("Are you open on Saturday?", "opening_hours.md"),
        ("My car broke down on the highway, can somebody pick it up?", "towing.md"),
        ("How long does it take until I get my money?", "claims.md"),
        ("Can I get a replacement vehicle while mine is in the garage?", "towing.md"),
        ("I locked my keys in the car", "towing.md"),
        ("Until when do I have to report a theft?", "claims.md"),
        ("Does broken glass make my insurance more expensive?", "glass_damage.md"),
        ("How can I complain about your decision?", "claims.md"),
        ("Where is your office?", "opening_hours.md"),
        ("How do I cancel my contract?", "opening_hours.md"),
    ],
)
async def test_questions_find_their_document(search: LocalSearch, question: str, document: str) -> None:
    """First, by meaning and words; scores fall, and the excerpt is of the passage."""
    passages = await search.search(question)
    assert passages[0].document_id == passages[0].source == document
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    for passage in passages:
        assert passage.excerpt
        assert passage.excerpt in passage.text.replace("\n", " ")


async def test_the_excerpt_answers(search: LocalSearch) -> None:
    """The sentence that fits, not the first one."""
    best, *_ = await search.search("Until when do I have to report a theft?", limit=1)
    assert best.excerpt.startswith("Theft must be reported to the police within 24 hours")
    assert best.citation == Citation("Making a claim", "claims.md, Reporting in time")


@pytest.mark.parametrize(
    "text",
    [
        "My name is Robert Miller.",
        "What is the capital of France?",
        "Can I order a pizza?",
        "Yes, that is right.",
        "",
        "?",
    ],
)
async def test_what_no_document_is_about_finds_nothing(search: LocalSearch, text: str) -> None:
    """What callers say beside questions, too."""
    assert await search.search(text) == ()


async def test_other_languages_find_by_words(path: Path) -> None:
    """No embedding is computed: words that both languages share, names and numbers."""

    def never() -> object:
        raise AssertionError("the model knows English alone")

    search = LocalSearch(path, load=never)  # type: ignore[arg-type]
    best, *_ = await search.search("Wo finde ich ClearView?", language="de-DE")
    assert best.source == "glass_damage.md"
    assert await search.search("Wie geht es Ihnen?", language="de-DE") == ()
    await search.close()


async def test_documents_in_chinese_are_found(tmp_path: Path) -> None:
    """By pairs of characters: there are no spaces to tell words."""
    index = DocumentIndex.create(tmp_path / "zh.db")
    index.put(
        "glass.md", title="玻璃损坏", digest="1", passages=[NewPassage("", "挡风玻璃免费维修。请先打电话。", None)]
    )
    index.put("tow.md", title="拖车", digest="1", passages=[NewPassage("", "拖车服务二十四小时。", None)])
    index.close()
    search = LocalSearch(tmp_path / "zh.db")
    best, *_ = await search.search("挡风玻璃维修", language="zh-CN")
    assert best.source == "glass.md"
    assert best.excerpt.startswith("挡风玻璃免费维修。")
    await search.close()


async def test_changes_are_seen_without_a_restart(tmp_path: Path, model: MiniLm) -> None:
    """The next search finds what was indexed meanwhile, and the version is another."""
    index = DocumentIndex.create(tmp_path / "documents.db")
    search = LocalSearch(tmp_path / "documents.db", load=lambda: model.embed)
    await search.warm_up()
    before = await search.version()
    text = "Boats are insured up to ten meters."
    index.put("boats.md", title="Boats", digest="1", passages=[NewPassage("", text, model.embed(text))])
    index.close()
    assert await search.version() != before
    assert [passage.text for passage in await search.search("Do you insure boats?")] == [text]
    assert await search.count() == (1, 1)
    await search.close()


async def test_nothing_runs_on_the_loop(path: Path, model: MiniLm) -> None:
    """Embedding takes milliseconds: calls go on meanwhile."""
    threads = set()

    def embed(text: str) -> Floats:
        threads.add(current_thread())
        return model.embed(text)

    search = LocalSearch(path, load=lambda: embed)
    async with asyncio.TaskGroup() as tasks:
        for question in ("towing", "glass", "hours"):
            tasks.create_task(search.search(question))
    assert len(threads) == 1
    assert main_thread() not in threads
    await search.close()


async def test_sentences_are_embedded_once(path: Path, model: MiniLm) -> None:
    """A search is begun for every few words that are said: after the first one it embeds the words alone."""
    embedded: list[str] = []

    def embed(text: str) -> Floats:
        embedded.append(text)
        return model.embed(text)

    search = LocalSearch(path, load=lambda: embed)
    first = await search.search("Until when do I have to report a theft?")
    assert len(embedded) > 1
    embedded.clear()
    assert await search.search("Until when do I have to report a theft?") == first
    assert embedded == ["Until when do I have to report a theft?"]
    await search.close()


async def test_an_index_that_cannot_be_used_is_an_error_of_the_search(tmp_path: Path, path: Path) -> None:
    """It is not there, it was damaged while it was open, it was closed: the caller's call goes on."""
    missing = LocalSearch(tmp_path / "missing.db")
    with pytest.raises(SearchFailed, match="index FOLDER") as failed:
        await missing.search("towing")
    assert failed.value.is_permanent
    await missing.close()
    with pytest.raises(SearchFailed):
        await missing.search("towing")
    search = LocalSearch(damaged_copy(path, tmp_path))
    with pytest.raises(SearchFailed):
        await search.warm_up()
    await search.close()


@pytest.mark.parametrize(("language", "english"), [("", True), ("en-GB", True), ("EN", True), ("fr", False)])
def test_english_is_told(language: str, english: bool) -> None:
    """As a tag; what is not known is taken for English."""
    assert is_english(language) is english

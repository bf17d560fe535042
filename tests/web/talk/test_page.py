"""The page where one talks, over HTTP; what its scripts do is tried in ``tests/journeys/``."""

import re
from pathlib import PurePosixPath

import httpx2
from starlette.applications import Starlette

from tests.support.outline import Outline
from web.assets import Assets
from web.errors import exception_handlers
from web.talk.page import TalkPage, talk_page_routes


async def fetched(*urls: str) -> list[httpx2.Response]:
    """The answers of a server that has the page and its assets, in order."""
    app = Starlette(routes=[*talk_page_routes(), *Assets().routes()], exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        return [await client.get(url) for url in urls]


async def test_the_page_lets_nothing_in_but_its_own() -> None:
    """Neither style nor script is in it, and its policy forbids both; it alone may have the microphone."""
    (page,) = await fetched("/talk")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["permissions-policy"] == "microphone=(self)"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    outline = Outline(page.text)
    assert [script["src"] for script in outline.all("script")] == [Assets().url("talk.js")]
    assert outline.all("style") == []
    assert not re.search(r"\s(style|on\w+)=", page.text)


async def test_all_that_the_page_loads_is_there_in_one_version() -> None:
    """Every sheet, and every script that another imports, at the address of its text."""
    (page,) = await fetched("/talk")
    waiting = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(waiting) == 3
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        (answer,) = await fetched(url)
        name = url.removeprefix("/static/").partition("?")[0]
        assert answer.status_code == 200, url
        assert url == Assets().url(name)
        folder = PurePosixPath(name).parent
        imported = [browsed(folder, each) for each in re.findall(r'(?:from|import) "\./([^"]+)";', answer.text)]
        waiting += [each for each in imported if each not in seen]
    scripts = {url.partition("?")[0] for url in seen if ".js" in url}
    assert scripts == {f"/static/{name}" for name in Assets() if name.startswith("talk") and name.endswith(".js")}


def browsed(folder: PurePosixPath, imported: str) -> str:
    """Where a browser looks for what a script of this folder imports."""
    return f"/static/{folder / imported}"


def test_every_part_has_its_own_name() -> None:
    """No id stands twice, labels lead somewhere, and the list of calls is one step away."""
    text = TalkPage(home_url="/calls").render()
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    named = re.findall(r'aria-(?:labelledby|controls)="([^"]+)"', text)
    assert set(named) <= set(ids)
    assert 'href="/calls"' in text

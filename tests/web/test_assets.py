"""What pages load."""

import base64
import hashlib
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from web.assets import Assets
from web.errors import exception_handlers
from web.latency_picture import STYLE


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("style.css", "text/css"), ("report.js", "text/javascript"), ("talk/call.js", "text/javascript")],
)
async def test_files_are_served_at_the_address_of_their_version(name: str, media_type: str) -> None:
    """A browser may keep them for good."""
    assets = Assets()
    app = Starlette(routes=assets.routes(), exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        found = await client.get(assets.url(name))
        missing = [
            await client.get(f"/static/{each}") for each in ("config.yaml", "talk/../../assets.py", "%2e%2e/x.js")
        ]
    assert found.text == assets[name].text
    assert found.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert "immutable" in found.headers["cache-control"]
    assert {each.status_code for each in missing} == {404}


def test_a_script_names_the_versions_of_those_it_imports(tmp_path: Path) -> None:
    """Another text of one, however far down, is another address of all that need it."""

    def address(innermost: str) -> str:
        (tmp_path / "parts").mkdir(exist_ok=True)
        (tmp_path / "page.js").write_text('import { a } from "./parts/a.js";\nconst no = "./parts/c.js";\n')
        (tmp_path / "parts" / "a.js").write_text('import "./b.js";\nexport const a = 1;\n')
        (tmp_path / "parts" / "b.js").write_text(innermost)
        (tmp_path / "style.css").write_text("")
        assets = Assets(tmp_path)
        inner = assets["parts/b.js"].version
        assert f'import "./b.js?v={inner}";' in assets["parts/a.js"].text
        assert f'from "./parts/a.js?v={assets["parts/a.js"].version}";' in assets["page.js"].text
        assert 'const no = "./parts/c.js";' in assets["page.js"].text
        return assets.url("page.js")

    assert address("export const b = 1;\n") != address("export const b = 2;\n")


def test_a_script_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    """Not when a browser asks for it; nor is a circle survived, in which nobody has a version."""
    (tmp_path / "page.js").write_text('import "./gone.js";\n')
    with pytest.raises(KeyError, match=r"gone\.js"):
        Assets(tmp_path)
    (tmp_path / "gone.js").write_text('import "./page.js";\n')
    with pytest.raises(RecursionError):
        Assets(tmp_path)


def test_the_picture_has_its_style_from_the_sheet() -> None:
    """Pages let no style in but from there."""
    assert Assets()["style.css"].text.endswith(STYLE)


def test_a_page_may_carry_exactly_one_text() -> None:
    """By its hash, as browsers compute it."""
    asset = Assets()["style.css"]
    digest = base64.b64encode(hashlib.sha256(asset.text.encode()).digest()).decode()
    assert asset.csp_source == f"'sha256-{digest}'"


def test_files_name_nothing_elsewhere() -> None:
    """No other host, no import, no picture."""
    assets = Assets()
    for name in assets:
        text = assets[name].text.replace("http://localhost", "")  # in a sentence, for whoever sits at the server
        for word in ("http:", "https:", "@import", "url("):
            assert word not in text, name

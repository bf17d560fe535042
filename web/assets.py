"""Style sheets and scripts: served with the version in their address, or laid into a page that stands alone.

A script may import others by their place beside it, ``from "./talk/peer.js"``: it is served
with the version of each in that address, so that a browser never mixes two versions.
"""

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.errors import RequestRefused
from web.latency_picture import STYLE

_HOME = "/static"
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    # A new version has a new address.
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
}
_IMPORTED = re.compile(r'^((?:import|export) [^"\n]*")(\.[\w./-]+\.js)(";)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load."""

    text: str
    media_type: str

    @property
    def digest(self) -> bytes:
        """Of its text: another text has another."""
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def csp_source(self) -> str:
        """What lets a page carry exactly this text, in a Content-Security-Policy."""
        return f"'sha256-{base64.b64encode(self.digest).decode()}'"

    @property
    def version(self) -> str:
        """Short, for addresses."""
        return self.digest.hex()[:12]


class Assets:
    """The files of ``web/static``, read once; named by their path in it.

    Args:
        folder: Where they lie; None: ``web/static``.

    Raises:
        KeyError: A script imports one that is not there.
        RecursionError: Scripts import each other in a circle, so that none can name the other's version.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or Path(__file__).with_name("static")
        self._sources = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }
        self._assets: dict[str, Asset] = {}
        for name in self._sources:
            self._assets[name] = self._made(name)

    def __getitem__(self, name: str) -> Asset:
        """The file of this name; ``KeyError`` when there is none."""
        return self._assets[name]

    def __iter__(self) -> Iterator[str]:
        """The names of all files."""
        return iter(self._assets)

    def url(self, name: str) -> str:
        """Where a page finds it."""
        return f"{_HOME}/{name}?v={self[name].version}"

    def routes(self) -> list[Route]:
        """``/static/{name}``."""

        async def asset(request: Request) -> Response:
            found = self._assets.get(request.path_params["name"])
            if found is None:
                raise RequestRefused(404, "There is no such file")
            return Response(found.text, media_type=found.media_type, headers=_HEADERS)

        return [Route(f"{_HOME}/{{name:path}}", asset)]

    def _made(self, name: str) -> Asset:
        text = self._sources[name]
        if name == "style.css":
            # The picture carries its style when it stands alone; pages let no style in but from here.
            text += STYLE
        if name.endswith(".js"):
            folder = posixpath.dirname(name)

            def versioned(found: re.Match[str]) -> str:
                imported = self._made(posixpath.normpath(posixpath.join(folder, found[2])))
                return f"{found[1]}{found[2]}?v={imported.version}{found[3]}"

            text = _IMPORTED.sub(versioned, text)
        return Asset(text, _TYPES[posixpath.splitext(name)[1]])

"""Style sheets and scripts: served with the version in their address, or laid into a page that stands alone."""

import base64
import hashlib
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


class Assets:
    """The files of ``web/static``, read once."""

    def __init__(self) -> None:
        self._assets = {
            path.name: Asset(path.read_text(encoding="utf-8"), _TYPES[path.suffix])
            for path in sorted(Path(__file__).with_name("static").iterdir())
            if path.suffix in _TYPES
        }
        style = self._assets["style.css"]
        # The picture carries its style when it stands alone; pages let no style in but from here.
        self._assets["style.css"] = Asset(f"{style.text}{STYLE}", style.media_type)

    def __getitem__(self, name: str) -> Asset:
        """The file of this name; ``KeyError`` when there is none."""
        return self._assets[name]

    def url(self, name: str) -> str:
        """Where a page finds it."""
        return f"{_HOME}/{name}?v={self[name].digest.hex()[:12]}"

    def routes(self) -> list[Route]:
        """``/static/{name}``."""

        async def asset(request: Request) -> Response:
            found = self._assets.get(request.path_params["name"])
            if found is None:
                raise RequestRefused(404, "There is no such file")
            return Response(found.text, media_type=found.media_type, headers=_HEADERS)

        return [Route(f"{_HOME}/{{name}}", asset)]

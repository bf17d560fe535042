"""Where the database is: shown without what opens it."""

import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import Secret

_MASK: Final = "**********"


class DatabaseUrl(Secret[str]):
    """A URL that may hold a password: printed, it is read as far as the name of the database."""

    def _display(self) -> str:
        url = self.get_secret_value()
        if re.match(r"sqlite(\+\w+)?:///", url):
            return url  # a file, which opens with the rights of its user
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", f":{parts.port}" if parts.port is not None else ""
        except ValueError:
            return _MASK
        if not parts.scheme or "@" in f"{parts.path}{parts.query}{parts.fragment}":
            return _MASK  # a password in which a mark was not escaped may be anywhere
        user = f"{_MASK}@" if "@" in parts.netloc else ""
        options = f"?{_MASK}" if parts.query or parts.fragment else ""
        return f"{parts.scheme}://{user}{f'[{host}]' if ':' in host else host}{port}{parts.path}{options}"

"""How this replica takes calls."""

import pytest

from calls.settings import LiveCallsSettings


@pytest.mark.parametrize(
    ("public", "callback", "media"),
    [
        ("https://bot.example/base/", "https://bot.example/base", "wss://bot.example/base"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "ws://127.0.0.1:8080"),
    ],
)
def test_addresses(public: str, callback: str, media: str) -> None:
    """The media socket has the scheme that belongs to the public URL; nothing ends with a slash."""
    settings = LiveCallsSettings(public_url=public)
    assert (settings.callback_url, settings.media_url) == (callback, media)

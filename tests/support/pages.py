"""Pages, as whoever asks for them sees them."""

import aiohttp


async def status_and_text(http: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    """What a page answers."""
    async with http.get(path) as response:
        return response.status, await response.text()

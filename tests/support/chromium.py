"""A real browser: the machine's own, never a downloaded one."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@contextlib.asynccontextmanager
async def chromium(*, microphone: Path | None = None, has_microphone: bool = False) -> AsyncIterator[Browser]:
    """A browser without windows; skips the test on a machine that has none.

    Args:
        microphone: A WAV file that its microphone hears once, from when it is opened; every page may use it.
        has_microphone: It hears beeps, and pages may use it that were granted to.
    """
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    async with async_playwright() as playwright:
        # Containers run as root, where Chromium's own sandbox does not start; it sees our pages alone.
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]
        if microphone is not None or has_microphone:
            options.append("--use-fake-device-for-media-stream")
        if microphone is not None:
            options += ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={microphone}%noloop"]
        browser = await playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            await browser.close()

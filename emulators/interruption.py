"""How an emulator that runs alone is told to stop."""

import asyncio
import signal


def stop_ordered() -> asyncio.Event:
    """Set by Ctrl-C and by SIGTERM, also where whoever started us had Ctrl-C ignored, as shells do for jobs behind."""
    ordered = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ordered.set)
    return ordered

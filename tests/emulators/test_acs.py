"""The module, run as a developer runs it."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
async def test_it_runs_alone_and_is_steered_by_itself(told: signal.Signals) -> None:
    """One process serves, another asks it; a signal ends it without a word."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    serving = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.acs", "--port", "0"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert serving.stdout is not None
        endpoint = ""
        while not endpoint:
            line = (await serving.stdout.readline()).decode()
            assert line
            found = re.search(r"endpoint +(http://127\.0\.0\.1:\d+)", line)
            endpoint = found.group(1) if found else ""
        asking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "emulators.acs", "status", "--acs", endpoint),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asking.communicate()
        assert asking.returncode == 0
        assert f'"endpoint": "{endpoint}"' in output.decode()
        serving.send_signal(told)
        _, errors = await serving.communicate()
        assert (serving.returncode, errors.decode()) == (0, "")
    finally:
        if serving.returncode is None:
            serving.kill()
            await serving.wait()

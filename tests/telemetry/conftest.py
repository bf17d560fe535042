"""What the tests of this folder observe with."""

from collections.abc import Iterator

import pytest

from telemetry.rendering import Telemetry


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """One that is closed at the end."""
    telemetry = Telemetry()
    yield telemetry
    telemetry.close()

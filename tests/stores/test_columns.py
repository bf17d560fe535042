"""What goes into a column, and what comes out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from stores.columns import UtcDateTime, Words
from tests.stores.contract import at


def test_any_text_can_be_bound() -> None:
    """What a database cannot hold is replaced, and nothing else."""
    kind, dialect = Words(), sqlite.dialect()
    assert kind.process_bind_param("a\0b\udfffé🙂", dialect) == "a\ufffdb\ufffdé🙂"
    assert kind.process_bind_param(None, dialect) is None


def test_moments_are_utc_on_both_ways() -> None:
    """Aware times are converted, naive ones refused, and SQLite's naive ones are UTC."""
    kind, dialect = UtcDateTime(), sqlite.dialect()
    tokyo = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert kind.process_bind_param(tokyo, dialect) == datetime(2026, 1, 1, tzinfo=UTC)
    assert kind.process_result_value(at(0).replace(tzinfo=None), dialect) == at(0)
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None
    with pytest.raises(ValueError, match="zone"):
        kind.process_bind_param(datetime(2026, 1, 1), dialect)

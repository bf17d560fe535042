"""The manners of connections to PostgreSQL."""

from sqlalchemy import make_url, text

from stores.backend import backend_of
from stores.postgres import STATEMENT_TIMEOUT_S, Postgres


def test_what_the_url_says_comes_first() -> None:
    """Our own defaults stand where it says nothing."""
    settings = Postgres(make_url("postgresql://host/calls?connect_timeout=30")).connection_settings
    assert "connect_timeout" not in settings
    assert settings["application_name"] == "antiphon"


async def test_each_connection_is_set_up(postgres_url: str) -> None:
    """No statement lasts for ever, also after an undone transaction; a reader sees one moment."""
    backend = backend_of(postgres_url)
    engine = backend.async_engine()
    async with backend.writing(engine).connect() as connection:
        await connection.rollback()
        assert await connection.scalar(text("SHOW statement_timeout")) == f"{STATEMENT_TIMEOUT_S}s"
        assert await connection.scalar(text("SHOW transaction_isolation")) == "read committed"
    async with backend.reading(engine).connect() as connection:
        assert await connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        assert await connection.scalar(text("SHOW transaction_read_only")) == "on"
    await engine.dispose()

"""What lies on this machine is looked at, and left as it is."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assembly.checkup.findings import Finding, State
from assembly.checkup.here import checks_here
from config import Origins
from stores.sql import SqlStore
from tests.assembly.checkup.looking import broken, found_by
from tests.support.configured import configured
from web.api_keys import hash_of

AZURE: dict[str, Any] = {
    "endpoint": "https://example.communication.azure.com",
    "resource_id": "11111111-2222-3333-4444-555555555555",
    "event_grid_secret": "s",
}
NOWHERE = Origins(None, (), ())


async def found(folder: Path, origins: Origins = NOWHERE, **sections: dict[str, Any]) -> dict[str, Finding]:
    """The findings, with the database in a folder of the test."""
    sections.setdefault("database", {"url": f"sqlite:///{folder / 'data' / 'calls.db'}"})
    return await found_by(checks_here(configured(**sections), origins))


async def test_nothing_is_made(tmp_path: Path) -> None:
    """Before the first start everything is in order, and nothing is there afterwards that was not before."""
    findings = await found(tmp_path)
    assert broken(findings) == set()
    assert findings["database"].seen == "SQLite: will be made at the first start; its folder can be written"
    assert "will be made at the first start" in findings["API keys"].seen
    assert findings["configuration"].seen == "no file"
    assert {name for name, finding in findings.items() if finding.state is State.OFF} == {
        "recordings",
        "public URL",
        "Event Grid",
    }
    assert all(findings[name].advice for name in ("recordings", "public URL", "Event Grid"))
    assert os.listdir(tmp_path) == []


async def test_it_is_told_where_values_come_from(tmp_path: Path) -> None:
    """By names alone."""
    origins = Origins(Path("config.yaml"), ("LLM__API_KEY", "LLM__MODEL"), ("sms__twilio__auth_token",))
    findings = await found(tmp_path, origins)
    assert findings["configuration"].seen == (
        "config.yaml; environment LLM__API_KEY, LLM__MODEL; secret files SMS__TWILIO__AUTH_TOKEN"
    )


async def test_a_database_that_is_there(tmp_path: Path) -> None:
    """It is written and read, and none of that stays; an older schema is told, and not upgraded here."""
    path = tmp_path / "calls.db"
    url = {"url": f"sqlite:///{path}"}
    await (await SqlStore.open(url["url"])).close()
    findings = await found(tmp_path, database=url)
    assert re.search(r"schema \d{4}, the newest$", findings["database"].seen)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
        connection.commit()
    findings = await found(tmp_path, database=url)
    assert re.search(r"schema 0002 will be upgraded to \d{4} at the next start$", findings["database"].seen)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


async def test_a_postgres_database(tmp_path: Path, empty_postgres_url: str) -> None:
    """It is told where it is, never who we are there; one that is missing is told, and what may be used instead."""
    findings = await found(tmp_path, database={"url": empty_postgres_url})
    assert findings["database"].seen == "PostgreSQL at its socket: will be made at the first start; it can be written"
    await (await SqlStore.open(empty_postgres_url)).close()
    findings = await found(tmp_path, database={"url": empty_postgres_url})
    assert re.search(r"schema \d{4}, the newest$", findings["database"].seen)
    findings = await found(tmp_path, database={"url": "postgresql://user:secret@127.0.0.1:1/calls"})
    assert findings["database"].state is State.FIX
    assert "postgresql://" in findings["database"].advice
    assert "secret" not in str(findings["database"])


async def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    """Each row names its key."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    findings = await found(
        tmp_path,
        database={"url": f"sqlite:///{tmp_path}/file/calls.db", "recordings_path": tmp_path / "file" / "recordings"},
        features={"recording_enabled": True},
        access={"key_path": tmp_path / "file" / "key"},
    )
    assert broken(findings) == {"database", "recordings", "API keys"}
    assert "database.url" in findings["database"].advice
    assert "database.recordings_path" in findings["recordings"].advice
    assert "access.key_path" in findings["API keys"].advice


async def test_recordings_of_the_service_need_the_key(tmp_path: Path) -> None:
    """They are fetched with it; our own recordings need none."""
    public = {"public_url": "https://calls.example.com"}
    features: dict[str, object] = {"recording_enabled": True}
    findings = await found(
        tmp_path, communication_services=AZURE | {"recording": True}, server=public, features=features
    )
    assert broken(findings) == {"recordings"}
    assert "communication_services.access_key" in findings["recordings"].advice
    assert broken(await found(tmp_path, communication_services=AZURE, server=public, features=features)) == set()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "calls.example.com",
        "http://calls.example.com",
        "https://localhost",
        "https://10.0.0.8",
        "https://calls",
        "https://calls.example.com?secret=1",
        "https://user:secret@calls.example.com",
        "https://calls.example.com:none",
    ],
)
async def test_an_address_that_azure_cannot_reach(tmp_path: Path, url: str) -> None:
    """Only an https address of the internet will do, and the row shows nothing but the place."""
    findings = await found(tmp_path, communication_services=AZURE, server={"public_url": url})
    assert broken(findings) == {"public URL"}
    assert "server.public_url" in findings["public URL"].advice
    assert "secret" not in findings["public URL"].seen


async def test_an_address_that_azure_can_reach(tmp_path: Path) -> None:
    """With a path too; the emulator takes http as well."""
    for acs, url in ((AZURE, "https://calls.example.com/antiphon"), ({}, "http://127.0.0.1:9000")):
        findings = await found(tmp_path, communication_services=acs, server={"public_url": url})
        assert findings["public URL"].state is State.OK


async def test_how_one_gets_in(tmp_path: Path) -> None:
    """By configured keys, by the organisation, or by the key that was made; a file without a key is to be fixed."""
    findings = await found(tmp_path, access={"api_key_hashes": [hash_of("a"), hash_of("b")]})
    assert findings["API keys"].seen == "2 configured"
    findings = await found(tmp_path, access={"entra_tenant_id": "t", "entra_audience": "a"})
    assert findings["API keys"].state is State.OFF
    path = tmp_path / "key"
    path.write_text(hash_of("a") + "\n", encoding="utf-8")
    findings = await found(tmp_path, access={"key_path": path})
    assert findings["API keys"].seen == f"the one whose hash is in {path}"
    path.write_text("\n", encoding="utf-8")
    findings = await found(tmp_path, access={"key_path": path})
    assert broken(findings) == {"API keys"}

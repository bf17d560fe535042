"""What lies on this machine: the configuration itself, the database, the recordings, and the doors."""

import asyncio
import ipaddress
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, is_this_machine, place_of
from assembly.keys import key_path, stored_keys
from assembly.settings import live_calls_settings
from config import Config, ConfigError, Origins
from stores.errors import StoreError
from stores.inspection import inspect, try_folder


def checks_here(config: Config, origins: Origins) -> Iterator[Check]:
    """In the order in which they are shown."""

    async def configuration() -> Seen:
        return read_from(origins)

    async def database() -> Seen:
        return await look_at_database(config)

    async def recordings() -> Seen:
        return await look_at_recordings(config)

    async def public_url() -> Seen:
        return look_at_public_url(config)

    async def event_grid() -> Seen:
        return look_at_event_grid(config)

    async def keys() -> Seen:
        return await look_at_keys(config)

    yield Check("configuration", configuration)
    yield Check("database", database, "database.url")
    yield Check("recordings", recordings, "database.recordings_path")
    yield Check("public URL", public_url, "server.public_url")
    yield Check("Event Grid", event_grid, "communication_services.event_grid_secret")
    yield Check("API keys", keys, "access.key_path")


def read_from(origins: Origins) -> Seen:
    """Names of where values come from."""
    places = [str(origins.file) if origins.file else "no file"]
    places += [f"environment {', '.join(origins.environment)}"] if origins.environment else []
    places += [f"secret files {', '.join(origins.secret_files).upper()}"] if origins.secret_files else []
    is_default = len(places) == 1 and origins.file is None
    advice = "config.yaml, --config or SECTION__FIELD in the environment change the defaults" if is_default else ""
    return Seen("; ".join(places), advice)


async def look_at_database(config: Config) -> Seen:
    """Open it, write, read; what is to be upgraded is told and left to the start."""
    watch = Watch()
    url = config.database.url.get_secret_value()
    is_file = url.startswith("sqlite")
    try:
        found = await asyncio.to_thread(inspect, url)
    except StoreError as error:
        advice = "a SQLite file that this user may write: sqlite:///data/antiphon.db"
        if not is_file:
            advice += ", or to a PostgreSQL database that is there: postgresql://user:password@host:5432/name"
        raise NotWorking(str(error), f"set database.url to {advice}") from error
    kind = "SQLite" if is_file else f"PostgreSQL at {place_of(url).partition('//')[2] or 'its socket'}"
    if found.revision is None:
        return Seen(f"{kind}: will be made at the first start; {'its folder' if is_file else 'it'} can be written")
    if not found.is_newest:
        return Seen(
            f"{kind}, written and read in {watch.took}; schema {found.revision} will be upgraded to "
            f"{found.newest_revision} at the next start"
        )
    return Seen(f"{kind}, written and read in {watch.took}; schema {found.revision}, the newest")


async def look_at_recordings(config: Config) -> Seen:
    """Write a file there, and delete it."""
    acs = config.communication_services
    if not config.features.recording_enabled:
        return Seen("calls are not recorded", "features.recording_enabled turns it on", State.OFF)
    if acs.recording and not acs.usable_access_key:
        advice = "set communication_services.access_key, or communication_services.recording to false"
        raise NotWorking("recordings of the telephone service are fetched with its access key alone", advice)
    folder: Path = config.database.recordings_path
    try:
        await asyncio.to_thread(try_folder, folder)
    except StoreError as error:
        raise NotWorking(str(error), "set database.recordings_path to a folder that this user may write") from error
    return Seen(f"{folder} can be written")


def look_at_public_url(config: Config) -> Seen:
    """Its form: whether Azure gets through to it, Azure alone can tell."""
    url, is_azure = config.server.public_url.strip(), not config.communication_services.is_emulated
    example = "set server.public_url to how Azure reaches this server, as in https://calls.example.com"
    if not url:
        if is_azure:
            raise NotWorking("there is none, and Azure cannot reach this machine without", example)
        local = place_of(live_calls_settings(config).public_url)
        return Seen(f"{local}, for this machine alone", "server.public_url opens it to Azure", State.OFF)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port  # reading the port checks it
    except ValueError as error:
        raise NotWorking("it is not of the form of a URL", example) from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise NotWorking("it is not of the form https://host or https://host/path", example)
    if is_azure and parts.scheme != "https":
        raise NotWorking(f"{place_of(url)} is not https, and Azure calls nothing else", example)
    if is_azure and (is_this_machine(host) or _is_private(host)):
        raise NotWorking(f"{place_of(url)} cannot be reached from the internet", example)
    return Seen(place_of(url))


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith((".local", ".internal", ".localhost")) or "." not in host


def look_at_event_grid(config: Config) -> Seen:
    """Whether a secret is set; that Azure needs one was checked when the configuration was read."""
    if config.communication_services.event_grid_secret.get_secret_value():
        return Seen("the secret is set: subscribe /eventgrid?secret=… to Incoming Call")
    key = "communication_services.event_grid_secret"
    return Seen("without a secret only this machine may announce calls", f"{key} opens it to Azure", State.OFF)


async def look_at_keys(config: Config) -> Seen:
    """How one gets in. Makes no key: that is for the first start, which shows it."""
    hashes = config.access.api_key_hashes
    if hashes:
        return Seen(f"{len(hashes)} configured")
    if config.access.entra_tenant_id:
        return Seen("none; Microsoft Entra ID opens", "access.api_key_hashes adds keys (server.py key)", State.OFF)
    path = key_path(config)
    if await asyncio.to_thread(path.exists):
        try:
            await asyncio.to_thread(stored_keys, config)
        except ConfigError as error:
            advice = f"delete {path}, and a new key is made, or set access.api_key_hashes"
            raise NotWorking(f"{path} holds no key that can be read", advice) from error
        return Seen(f"the one whose hash is in {path}", "access.api_key_hashes takes your own (server.py key)")
    try:
        await asyncio.to_thread(try_folder, path.parent)
    except StoreError as error:
        advice = "set access.key_path to a file that this user may write, or access.api_key_hashes"
        raise NotWorking(str(error), advice) from error
    return Seen("one will be made at the first start, and shown once")

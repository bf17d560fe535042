"""The keys that open the pages: configured, or made at the first start and kept as a hash."""

import os
from dataclasses import dataclass
from pathlib import Path

from config import Config, ConfigError, beside_database, read_secret
from web.api_keys import hash_of, new_key


@dataclass(frozen=True, slots=True)
class StoredKeys:
    """The keys that open the pages, as they are kept."""

    hashes: tuple[str, ...]
    kept_at: Path | None = None
    """Where; None: they are configured."""
    new_key: str = ""
    """The key itself when it has just been made: to be shown now, or never."""


def key_path(config: Config) -> Path:
    """Where the hash of the key is kept that is made when none is configured."""
    return config.access.key_path or beside_database(config.database.url.get_secret_value()) / "api_key.sha256"


def stored_keys(config: Config) -> StoredKeys:
    """The hashes of the API keys. When none is configured, and no Entra, one is made at the first start.

    Raises:
        ConfigError: The file of the hash cannot be read or written, or holds none.
    """
    access = config.access
    if access.api_key_hashes or access.entra_tenant_id:
        return StoredKeys(access.api_key_hashes)
    path, key = key_path(config), new_key()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", opener=_for_owner_alone) as file:
            file.write(hash_of(key) + "\n")
        return StoredKeys((hash_of(key),), path, key)
    except FileExistsError:
        pass
    except OSError as error:
        raise ConfigError(f"access.key_path: {path} cannot be written: {error.strerror}") from error
    hashes = tuple(read_secret(path, "access.key_path").split())
    if not hashes:
        raise ConfigError(f"access.key_path: {path} holds no key; delete it and a new one is made")
    return StoredKeys(hashes, path)


def _for_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

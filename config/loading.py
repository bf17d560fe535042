"""The configuration: read once, here alone; frozen and validated.

Sources, the later wins: defaults, ``config.yaml`` (or the file that
``ANTIPHON_CONFIG`` or ``--config`` names), the files of the folder that
``ANTIPHON_SECRETS_DIR`` names, each called ``SECTION__FIELD``, and environment
variables ``SECTION__FIELD`` such as ``LLM__BASE_URL``, or ``SECTION__FIELD_FILE``, which
name a file that holds the value. A key that does not exist is an error that names it: a
typo must not silently be a default.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_settings import SettingsError

from config.checks import check
from config.errors import ConfigError
from config.whole import Config, SecretFiles
from providers.speech_settings import AzureSpeechConfig as AzureSpeechConfig
from providers.speech_settings import SpeechConfig as SpeechConfig

DEFAULT_PATH = Path("config.yaml")


def load(path: Path | None = None) -> Config:
    """Read the configuration.

    Args:
        path: The YAML file; None looks at ``ANTIPHON_CONFIG``, then for ``config.yaml``.

    Raises:
        ConfigError: A file that is not there or not YAML, an unknown key, a value out of range.
    """
    named = path or (Path(os.environ["ANTIPHON_CONFIG"]) if os.environ.get("ANTIPHON_CONFIG") else None)
    try:
        config = Config(**_file(named or DEFAULT_PATH, must_exist=named is not None))
    except (ValidationError, SettingsError) as error:
        raise ConfigError(_explained(error)) from error
    check(config)
    return config


def _file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    if not path.exists():
        if must_exist:
            raise ConfigError(f"there is no configuration file {path}")
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        # Where and what, without the line itself: it may hold a secret.
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or type(error).__name__
        raise ConfigError(f"{path} cannot be read as YAML: {reason}{place}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise ConfigError(f"{path} must hold sections (llm:, server:, …), each with keys")
    return content


def _explained(error: ValidationError | SettingsError) -> str:
    if isinstance(error, SettingsError):
        return f"the configuration is wrong: {error}"
    lines = ["the configuration is wrong:"]
    for problem in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in problem["loc"])
        reason = "there is no such key" if problem["type"] == "extra_forbidden" else problem["msg"]
        lines.append(f"  {key}: {reason} (environment: {key.upper().replace('.', '__')})")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Origins:
    """Where values come from: names, never values."""

    file: Path | None
    """None: there is no file."""
    environment: tuple[str, ...]
    """Variables that set something."""
    secret_files: tuple[str, ...]
    """In the folder of ``ANTIPHON_SECRETS_DIR``."""


def origins(path: Path | None = None) -> Origins:
    """Where ``load`` takes its values from; the same argument.

    Raises:
        ConfigError: The folder of secrets cannot be read.
    """
    named = path or Path(os.environ.get("ANTIPHON_CONFIG") or DEFAULT_PATH)
    sections = tuple(Config.model_fields)
    variables = (name for name, value in os.environ.items() if value and name.lower().partition("__")[0] in sections)
    return Origins(
        file=named if named.exists() else None,
        environment=tuple(sorted(variables)),
        secret_files=tuple(sorted(SecretFiles(Config).env_vars)),
    )


def shown(config: Config) -> dict[str, Any]:
    """The configuration fit to be printed: secrets are masked."""
    return config.model_dump(mode="json")


def documents_path(config: Config) -> Path:
    """Where the index of documents is, or is to be."""
    return config.documents.path or beside_database(config.database.url.get_secret_value()) / "documents.db"


def beside_database(url: str) -> Path:
    """The folder of the database, if it is a file; else ``data``."""
    scheme, _, path = url.partition(":///")
    is_file = scheme.startswith("sqlite") and path not in ("", ":memory:") and not path.startswith("file:")
    return Path(path.partition("?")[0]).parent if is_file else Path("data")

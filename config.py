"""The configuration: read once, here alone; frozen and validated.

Sources, the later wins: defaults, ``config.yaml`` (or the file that
``ANTIPHON_CONFIG`` or ``--config`` names), the files of the folder that
``ANTIPHON_SECRETS_DIR`` names, each called ``SECTION__FIELD``, and environment
variables ``SECTION__FIELD`` such as ``LLM__BASE_URL``, or ``SECTION__FIELD_FILE``, which
name a file that holds the value. A key that does not exist is an error that names it: a
typo must not silently be a default.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError
from pydantic_settings.sources import EnvSettingsSource

from agent.budget import KNOWN_PRICES, Limits, Price
from agent.claim import FieldType
from agent.language_tags import closest
from flags.features import Features
from flags.settings import AppConfigurationSettings, FlagFileSettings
from providers.speech_settings import AzureSpeechConfig as AzureSpeechConfig
from providers.speech_settings import SpeechConfig as SpeechConfig
from providers.speech_settings import Tag

DEFAULT_PATH = Path("config.yaml")
EMULATOR_ACCESS_KEY = "YW50aXBob24tcGhvbmUtZW11bGF0b3I="
EMULATOR_RESOURCE_ID = "e0000000-0000-4000-8000-616e74697068"
AZURE_KEYS_URL = "https://acscallautomation.communication.azure.com/calling/keys"
_Number = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{0,14}$")]
"""The beginning of a number, E.164."""


class ConfigError(Exception):
    """The configuration cannot be used; the message says what to change, key by key."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerConfig(_Section):
    """Where this server listens, and how the telephone service reaches it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    public_url: str = ""
    """http(s) URL under which the telephone service reaches us; empty: http://host:port."""
    max_calls: int = Field(default=50, ge=1)
    """One call more is refused at once."""
    drain_timeout_sec: float = Field(default=3_600, ge=0)
    """How long a stopping server waits for its calls."""


class CommunicationServicesConfig(_Section):
    """Azure Communication Services. The defaults reach the phone emulator on this machine."""

    endpoint: str = "http://127.0.0.1:8091"
    access_key: SecretStr = SecretStr(EMULATOR_ACCESS_KEY)
    """Of the resource, base64. The default is no secret: it is the emulator's. Empty, or the
    emulator's with an https endpoint: the Azure identity of this machine is used instead."""
    phone_number: str = Field(default="", pattern=r"^(\+[1-9][0-9]{6,14})?$")
    """Ours, E.164: calls are placed and messages sent from it."""
    event_grid_secret: SecretStr = SecretStr("")
    """Event Grid must call ``/eventgrid?secret=…``. Empty: only this machine may post there."""
    hold_audio_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """WAV file, mono, 16 kHz, that the service can fetch: played while a human is being reached."""
    dtmf: Literal["media", "callbacks"] = "media"
    """How the caller's keys come: over the media socket, or as events of their own."""
    recording: bool = False
    """With ``features.recording_enabled``: let the service record, too, beside our own recording."""
    verify_tokens: bool = True
    """Whether callbacks and media sockets must carry a token that the service has signed."""
    resource_id: str = EMULATOR_RESOURCE_ID
    """The immutable resource id that tokens are issued for: a GUID, not the path of the
    resource. The default is the emulator's."""
    issuer: str = "https://acscallautomation.communication.azure.com"
    """Of these tokens."""
    jwks_url: str = ""
    """Where the issuer publishes its keys. Empty: Azure's; with an http endpoint, the emulator's."""

    @property
    def is_emulated(self) -> bool:
        """Whether the endpoint is an emulator: Azure speaks https alone."""
        return urlsplit(self.endpoint.strip()).scheme == "http"

    @property
    def usable_access_key(self) -> str:
        """The access key; empty when Azure identity is to be used. The emulator's opens nothing in Azure."""
        key = self.access_key.get_secret_value()
        return "" if key == EMULATOR_ACCESS_KEY and not self.is_emulated else key

    @property
    def keys_url(self) -> str:
        """Where the keys are published that tokens are signed with."""
        emulated = f"{self.endpoint.strip().rstrip('/')}/calling/keys"
        return self.jwks_url or (emulated if self.is_emulated else AZURE_KEYS_URL)

    sample_rate_hz: int = Field(default=16_000, ge=16_000, le=24_000, multiple_of=8_000)
    """Of the sound on the media socket, both ways: 16000 or 24000. Recognition hears 16000 of it."""


class AccessConfig(_Section):
    """Who may see the pages and use the API: nothing but liveness is open to anybody.

    Without a key and without Entra, a key is made at the first start and shown once.
    """

    api_key_hashes: tuple[Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")], ...] = ()
    """SHA-256 of each key, in hex: see ``python server.py key``."""
    key_path: Path | None = None
    """Where the hash of the key that was made is kept. None: beside the SQLite database."""
    session_hours: float = Field(default=12, gt=0)
    """How long a browser stays signed in."""
    entra_tenant_id: str = ""
    """With ``entra_audience``: tokens that Microsoft Entra ID issues to this tenant open too."""
    entra_audience: str = ""
    """The application that the tokens are issued for: its id, or its ``api://`` URI."""
    entra_issuer: str = ""
    """Empty: that of version 2.0 tokens of the tenant."""
    entra_jwks_url: str = ""
    """Empty: Microsoft's."""

    @property
    def token_issuer(self) -> str:
        """Who issues the tokens of the organisation."""
        return self.entra_issuer or f"https://login.microsoftonline.com/{self.entra_tenant_id}/v2.0"

    @property
    def token_keys_url(self) -> str:
        """Where their keys are published."""
        default = f"https://login.microsoftonline.com/{self.entra_tenant_id}/discovery/v2.0/keys"
        return self.entra_jwks_url or default


class TwilioConfig(_Section):
    """An account of Twilio."""

    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    phone_number: str = Field(default="", pattern=r"^(\+[1-9][0-9]{6,14})?$")
    """Ours at Twilio, E.164."""
    base_url: str = "https://api.twilio.com"


class SmsConfig(_Section):
    """How text messages are sent and received."""

    mode: Literal["communication_services", "twilio"] = "communication_services"
    """communication_services sends from ``communication_services.phone_number``, when that is set."""
    twilio: TwilioConfig = TwilioConfig()


class EmergenciesConfig(_Section):
    """Whom the assistant calls for help. Without any, it is not offered to a language model."""

    webhook_url: str = Field(default="", pattern=r"^(https://\S+|http://(localhost|127\.0\.0\.1|\[::1\])([:/]\S*)?)?$")
    """Is told, by a signed POST; see ``providers/emergency_webhook.py``. https, or on this machine."""
    webhook_secret: SecretStr = SecretStr("")
    """Shared with the receiver, who tells our calls from others' by it."""
    phone_number: str = Field(default="", pattern=r"^(\+[1-9][0-9]{6,14})?$")
    """Where the caller is handed over to, E.164, when there is no webhook or nobody was notified by it."""


class ModelConfig(_Section):
    """A language model at any OpenAI-compatible endpoint."""

    base_url: str = "https://api.openai.com/v1"
    """With an ``api_version``: the Azure OpenAI resource, as in https://name.openai.azure.com."""
    api_key: SecretStr = SecretStr("")
    api_version: str = ""
    """Of Azure OpenAI, as in 2024-10-21; empty for all others, and for Azure's own /openai/v1."""
    model: str = ""
    """With Azure the deployment. Empty: there is no such model."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """None leaves it to the service."""


class RealtimeConfig(ModelConfig):
    """A model that hears and speaks by itself, in the place of recogniser, model and voice; those stay behind it."""

    voice: str = "marin"
    transcription_model: str = "gpt-4o-mini-transcribe"
    """Writes down what the caller said; empty leaves that to our own recogniser."""


class LlmConfig(ModelConfig):
    """The language models. One can be given here itself; ``fast`` and ``slow`` stand behind it, in that order.

    When a model fails or is late, the next one answers. Without any the scripted assistant does.
    """

    fast: ModelConfig = ModelConfig()
    slow: ModelConfig = ModelConfig()
    realtime: RealtimeConfig = RealtimeConfig()
    timeout_sec: float = Field(default=15, gt=0)
    """Longest wait for a connection, and for each next byte."""
    first_token_timeout_ms: int = Field(default=4_000, gt=0)
    """Longest wait for the first word of an answer; then the next model is asked."""
    stall_timeout_ms: int = Field(default=3_000, gt=0)
    """Longest wait for each next word; then the next model goes on."""
    hedges_max_percent: float = Field(default=10, ge=0, le=100)
    """Of the requests, at most so many are sent to a second model too, because the first one is late; 0 sends none."""

    def models(self, *, slow_first: bool) -> tuple[ModelConfig, ...]:
        """All that are configured, in the order in which they are asked."""
        behind = (self.slow, self.fast) if slow_first else (self.fast, self.slow)
        return tuple(model for model in (self, *behind) if model.model)


class ClaimFieldConfig(_Section):
    """One thing that a call is to find out."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType = FieldType.TEXT
    description: str = ""
    """A question, which is then asked as it stands, or a hint for the model."""
    required: bool = True


def _default_claim() -> tuple[ClaimFieldConfig, ...]:
    return (
        ClaimFieldConfig(name="incident_description", description="What happened?"),
        ClaimFieldConfig(name="incident_location", description="Where did it happen?"),
        ClaimFieldConfig(name="incident_datetime", type=FieldType.DATETIME, description="When did it happen?"),
        ClaimFieldConfig(name="caller_name", description="What is your name?"),
        ClaimFieldConfig(
            name="phone_number", type=FieldType.PHONE_NUMBER, description="On which number can we reach you?"
        ),
    )


class ConversationConfig(_Section):
    """Who answers, and what for."""

    bot_name: str = "Amelia"
    bot_company: str = "Contoso Insurance"
    task: str = "Help the caller to report an incident, and gather the claim."
    claim: tuple[ClaimFieldConfig, ...] = Field(default_factory=_default_claim, min_length=1)
    agent_phone_number: str = Field(default="", pattern=r"^(\+[1-9][0-9]{6,14})?$")
    """The human that a caller is handed over to, E.164; empty: nobody."""
    agent_mode: Literal["transfer", "invite"] = "transfer"
    """transfer leaves the call to the human; invite brings them into it, and the assistant comes back
    when they leave. Inviting takes ``communication_services.phone_number``."""
    phone_region: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    """Where a number without a country code belongs (ISO 3166)."""
    time_zone: str = ""
    """Of the callers (IANA), as in Europe/Paris: what "yesterday at nine" means. Empty: where the server stands."""
    languages: tuple[Tag, ...] = Field(default=(), max_length=10)
    """What calls can be held in, the first where nothing else is known. Empty: all that ``speech`` hears and speaks."""
    language_menu: bool = False
    """Begin calls by asking for the language, by key or voice, when there are several."""
    language_by_number: dict[_Number, Tag] = Field(default_factory=dict)
    """What a call begins in, by the beginning of the caller's number, or of the called one; the longest wins."""

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        if name:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError("there is no such time zone") from None
        return name


class DatabaseConfig(_Section):
    """Where calls are kept."""

    url: str = "sqlite+aiosqlite:///data/antiphon.db"
    """A SQLite file, or ``postgresql://user:password@host:5432/name``, which several replicas may share."""
    recordings_path: Path = Path("data/recordings")
    retention_days: int = Field(default=0, ge=0)
    """Calls and their recordings are deleted so many days after their end, once a day; 0: never."""


class DocumentsConfig(_Section):
    """What the company's documents are searched with, before each answer."""

    mode: Literal["none", "local", "azure"] = "local"
    """local: the index that ``python server.py index FOLDER`` has made, if there is one. azure: see ``ai_search``."""
    path: Path | None = None
    """The index of the mode local. None: ``documents.db`` beside the SQLite database."""
    limit: int = Field(default=5, ge=1, le=20)
    """At most so many passages for one answer."""
    min_score: float = Field(default=0.25, ge=0, le=1)
    """What fits less is left out (mode local); Azure has ``ai_search.strictness``."""
    timeout_ms: int = Field(default=400, ge=0, le=10_000)
    """Longest that an answer waits for passages which are not there yet."""


class AiSearchConfig(_Section):
    """Azure AI Search, with ``documents.mode: azure``. Names and index schema are those of call-center-ai."""

    endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$")
    access_key: SecretStr = SecretStr("")
    """Empty: the Azure identity of this machine is used."""
    index: str = "trainings"
    """Its field ``vectors`` must have a vectorizer of its own: the service turns questions into vectors."""
    semantic_configuration: str = ""
    """Ranks anew by meaning, and gives scores; empty: hybrid ranking alone."""
    strictness: float = Field(default=2, ge=0, le=4)
    """What the semantic ranking scores lower is left out."""


class CacheConfig(_Section):
    """What was found out at some cost, as by searches, is kept for a while."""

    mode: Literal["memory", "redis"] = "memory"
    """redis: for all replicas. One that is dead costs nothing but what is found out again."""
    url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Of Redis: ``redis://[[user]:password@]host:port/database``, or ``rediss://`` over TLS."""
    ttl_sec: float = Field(default=86_400, gt=0)
    """How long; an index on this machine tells when it has changed, Azure's does not."""
    max_entries: int = Field(default=10_000, ge=0)
    """In memory; 0 keeps nothing."""
    max_bytes: int = Field(default=64_000_000, ge=0)
    """In memory."""


class TranslatorConfig(_Section):
    """Azure AI Translator: says in the other languages of calls what is written in the first one."""

    endpoint: str = ""
    """https://api.cognitive.microsofttranslator.com, or that of the resource. Empty: nothing is translated."""
    region: str = ""
    """Of the resource, with the global endpoint."""
    access_key: SecretStr = SecretStr("")
    """Empty: the Azure identity of this machine is used; with the global endpoint it takes ``resource_id``."""
    resource_id: str = ""


class MonitoringConfig(_Section):
    """What is written to standard error."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Config(BaseSettings):
    """All of it."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        nested_model_default_partial_update=True,
    )

    server: ServerConfig = ServerConfig()
    communication_services: CommunicationServicesConfig = CommunicationServicesConfig()
    access: AccessConfig = AccessConfig()
    sms: SmsConfig = SmsConfig()
    emergencies: EmergenciesConfig = EmergenciesConfig()
    llm: LlmConfig = LlmConfig()
    conversation: ConversationConfig = ConversationConfig()
    features: Features = Features()
    flags: FlagFileSettings = FlagFileSettings()
    app_configuration: AppConfigurationSettings = AppConfigurationSettings()
    budget: Limits = Limits()
    prices: dict[str, Price] = Field(default_factory=dict)
    """By model, as it is named in ``llm``; beside those that ``agent.budget.KNOWN_PRICES`` has."""
    speech: SpeechConfig = SpeechConfig()
    database: DatabaseConfig = DatabaseConfig()
    documents: DocumentsConfig = DocumentsConfig()
    ai_search: AiSearchConfig = AiSearchConfig()
    cache: CacheConfig = CacheConfig()
    translator: TranslatorConfig = TranslatorConfig()
    monitoring: MonitoringConfig = MonitoringConfig()

    @property
    def languages(self) -> tuple[str, ...]:
        """What calls can be held in (BCP 47), the first where nothing else is known."""
        return self.conversation.languages or self.speech.languages or (self.speech.azure.voice_language,)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before secret files before the file (which ``load`` passes as arguments) before defaults."""
        return (_Environment(settings_cls), _SecretFiles(settings_cls), init_settings)


class _Environment(EnvSettingsSource):
    """Variables, and the contents of files that variables ending in ``_FILE`` name."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        found: dict[str, str | None] = dict(super()._load_env_vars())
        for name in [name for name in found if name.endswith("_file") and "__" in name and not self._is_key(name)]:
            path, key = found.pop(name), name.removesuffix("_file")
            if key in found:
                raise ConfigError(f"both {key.upper()} and {name.upper()} are set: which one counts?")
            found[key] = read_secret(Path(path or ""), name.upper())
        return found

    def _is_key(self, name: str) -> bool:
        section, _, key = name.partition("__")
        field = self.settings_cls.model_fields.get(section)
        return field is not None and key in getattr(field.annotation, "model_fields", {})


class _SecretFiles(EnvSettingsSource):
    """The files of a folder, as Docker and Kubernetes mount secrets; names without ``__`` are others'."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        named = os.environ.get("ANTIPHON_SECRETS_DIR")
        if not named:
            return {}
        try:
            files = sorted(Path(named).iterdir())
        except OSError as error:
            raise ConfigError(f"the folder of ANTIPHON_SECRETS_DIR cannot be read: {error.strerror}") from error
        return {
            file.name.lower(): read_secret(file, "ANTIPHON_SECRETS_DIR")
            for file in files
            if "__" in file.name and not file.name.startswith(".")
        }


def read_secret(path: Path, named_by: str) -> str:
    """The content of a file, without the line end that editors add.

    Raises:
        ConfigError: It cannot be read; ``named_by`` is the key or variable that names it.
    """
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        # The file's name, never its content.
        raise ConfigError(f"{named_by}: {path} cannot be read: {type(error).__name__}") from error


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
    _check_whole(config)
    return config


def _check_whole(config: Config) -> None:
    """Refuse to serve the world with the doors of a laptop, or to keep a budget of money without prices."""
    acs, problems = config.communication_services, []
    is_azure = not acs.is_emulated
    if is_azure and acs.verify_tokens and acs.resource_id in ("", EMULATOR_RESOURCE_ID):
        problems.append("communication_services.resource_id: is needed to check the tokens of this resource")
    host = urlsplit(config.server.public_url).hostname or "localhost"
    is_reachable = host not in ("localhost", "127.0.0.1", "::1")
    if (is_azure or is_reachable) and not acs.event_grid_secret.get_secret_value():
        problems.append("communication_services.event_grid_secret: is needed, or anybody could announce calls")
    if bool(config.access.entra_tenant_id) != bool(config.access.entra_audience):
        problems.append("access.entra_tenant_id, access.entra_audience: are needed together")
    if config.flags.path is not None and config.app_configuration.is_set:
        problems.append("flags.path: only one of it and app_configuration can be what counts")
    if config.budget.usd:
        named = {each.model for each in (*config.llm.models(slow_first=False), config.llm.realtime) if each.model}
        for model in sorted(named - {*config.prices, *KNOWN_PRICES}):
            problems.append(f"prices.{model}: is needed for budget.usd")
    if config.emergencies.webhook_url and not config.emergencies.webhook_secret.get_secret_value():
        problems.append("emergencies.webhook_secret: is needed, or the receiver could not tell who calls for help")
    _refuse([*problems, *_doubtful_fields(config), *_problems_of_languages(config)])


def _doubtful_fields(config: Config) -> list[str]:
    """Fields of a claim in which a name says nothing certain."""
    names = [field.name for field in config.conversation.claim]
    return [
        f"conversation.claim.{place}.name: {name} is the name of field {names.index(name)} already"
        for place, name in enumerate(names)
        if name in names[:place]
    ]


def _refuse(problems: Sequence[str]) -> None:
    """Raise if there are any; each begins with its key."""
    if problems:
        lines = (f"  {line} (environment: {line.split(':')[0].upper().replace('.', '__')})" for line in problems)
        raise ConfigError("\n".join(("the configuration is wrong:", *lines)))


def _problems_of_languages(config: Config) -> list[str]:
    """Languages that callers would be offered in vain."""
    calls, speech = config.conversation, config.speech
    if mute := [each for each in calls.languages if not speech.spoken((each,))]:
        how = "name one in speech.azure.voices" if speech.mode == "azure" else "speech.mode local is English"
        return [f"conversation.languages: there is no voice for {', '.join(mute)}: {how}"]
    if not speech.languages:
        return ["speech.azure.languages: there is no voice for any of them: name one in speech.azure.voices"]
    by_number = calls.language_by_number.values()
    if unknown := [each for each in by_number if closest(each, config.languages) is None]:
        return [f"conversation.language_by_number: {', '.join(unknown)} is none of {', '.join(config.languages)}"]
    return []


def documents_path(config: Config) -> Path:
    """Where the index of documents is, or is to be."""
    return config.documents.path or beside_database(config.database.url) / "documents.db"


def beside_database(url: str) -> Path:
    """The folder of the database, if it is a file; else ``data``."""
    scheme, _, path = url.partition(":///")
    is_file = scheme.startswith("sqlite") and path not in ("", ":memory:") and not path.startswith("file:")
    return Path(path.partition("?")[0]).parent if is_file else Path("data")


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
        secret_files=tuple(sorted(_SecretFiles(Config).env_vars)),
    )


def shown(config: Config) -> dict[str, Any]:
    """The configuration fit to be printed: secrets are masked."""
    return config.model_dump(mode="json")

"""The sections of the configuration, each with its keys, their defaults and what they mean."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from agent.claim import FieldType
from agent.sections import LexiconTerm as LexiconTerm
from config.database_url import DatabaseUrl
from providers.speech_settings import AzureSpeechConfig as AzureSpeechConfig
from providers.speech_settings import SpeechConfig as SpeechConfig
from providers.speech_settings import Tag

EMULATOR_ACCESS_KEY = "YW50aXBob24tcGhvbmUtZW11bGF0b3I="


EMULATOR_RESOURCE_ID = "e0000000-0000-4000-8000-616e74697068"


AZURE_KEYS_URL = "https://acscallautomation.communication.azure.com/calling/keys"


_Number = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{0,14}$")]
"""The beginning of a number, E.164."""


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


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
    report: bool = False
    """Write to callers, after the call, what was noted. Callers must know, and agree: say so where you publish
    your number, or in the greeting."""


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

    assistant: Literal["model", "direct_line"] = "model"
    """Who leads the calls. model: that of ``llm``, or without one the script. direct_line: the bot of that section,
    which these stand behind."""
    bot_name: str = "Amelia"
    bot_company: str = "Contoso Insurance"
    task: str = "Help the caller to report an incident, and gather the claim."
    claim: tuple[ClaimFieldConfig, ...] = Field(default_factory=_default_claim)
    """What is gathered. Empty: nothing, where topics lead the calls (``topics.path``)."""
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
    lexicon: tuple[LexiconTerm, ...] = ()
    """Names and words of the company: expected by the recogniser, and pronounced as they sound."""
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

    url: DatabaseUrl = DatabaseUrl("sqlite+aiosqlite:///data/antiphon.db")
    """A SQLite file, or ``postgresql://user:password@host:5432/name``, which several replicas may share."""
    recordings_path: Path = Path("data/recordings")
    retention_days: int = Field(default=0, ge=0)
    """Calls and their recordings are deleted so many days after their end, once a day; 0: never.

    So are jobs of the router that belong to no call, and when its workers signed in and out.
    """


def _default_patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """Policy numbers as AB-123456, and as B02-1234."""
    expressions = (
        r"(?<!\w)[A-Z]{1,4}[- ]?[0-9]{4,12}(?!\w)",
        r"(?<!\w)[A-Z]{1,4}[0-9]{1,6}(?:-[A-Z0-9]{2,8}){1,3}(?!\w)",
    )
    return {"POLICY": tuple(re.compile(each) for each in expressions)}


class ExportConfig(_Section):
    """What is personal in conversations that are exported for fine-tuning. See docs/export.md."""

    patterns: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], tuple[re.Pattern[str], ...]] = Field(
        default_factory=_default_patterns
    )
    """By kind, which becomes the placeholder: regular expressions (Python's) of what is personal as well."""
    fields: dict[str, Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9_]*)?$")]] = Field(default_factory=dict)
    """Claim fields and the kind of what they hold (NAME, ADDRESS, POLICY, …), where their names do not tell;
    empty: nothing personal."""
    regions: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    """Where telephone numbers without a country code may belong (ISO 3166), beside ``conversation.phone_region``."""


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


class AfterCallConfig(_Section):
    """What is done after a call; see docs/after-the-call.md."""

    at_once: int = Field(default=4, ge=1, le=64)
    """How many calls are worked on at the same time."""
    training_marks: bool = False
    """Mark calls that a language model could be trained with. That alone exports nothing."""


class CallBacksConfig(_Section):
    """Reminders that the assistant keeps for itself call the customer when they fall due; see docs/after-the-call.md.

    A call is placed within ``features.callback_timeout_hour`` of the first moment at which it may be. It takes
    ``communication_services.phone_number``.
    """

    enabled: bool = True
    from_time: time = time(9)
    """Of the day, where the number belongs: nobody is called earlier."""
    until_time: time = time(18)
    """…nor at this time or later."""
    weekdays: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    attempts: int = Field(default=3, ge=1, le=20)
    """How often a customer is called who does not answer."""
    again_after_min: float = Field(default=60, gt=0)
    """Between two attempts, in minutes."""


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

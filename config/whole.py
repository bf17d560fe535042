"""The whole configuration, and the sources that its values come from."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import EnvSettingsSource

from agent.budget import Limits, Price
from agent.sections import GuardConfig, PromptsConfig
from agent.topics.settings import TopicsConfig
from calls.costs import ServicePrices
from config.bots import DirectLineConfig
from config.errors import ConfigError
from config.sections import (
    AccessConfig,
    AfterCallConfig,
    AiSearchConfig,
    CacheConfig,
    CallBacksConfig,
    CommunicationServicesConfig,
    ConversationConfig,
    DatabaseConfig,
    DocumentsConfig,
    EmergenciesConfig,
    ExportConfig,
    LlmConfig,
    MonitoringConfig,
    ServerConfig,
    SmsConfig,
    TranslatorConfig,
)
from config.talking import WebRtcConfig
from flags.features import Features
from flags.settings import AppConfigurationSettings, FlagFileSettings
from providers.speech_settings import AzureSpeechConfig as AzureSpeechConfig
from providers.speech_settings import SpeechConfig as SpeechConfig
from routing.sections import RoutingConfig


class Config(BaseSettings):
    """All of it: each section's class tells its keys, their defaults and what they mean."""

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
    direct_line: DirectLineConfig = DirectLineConfig()
    conversation: ConversationConfig = ConversationConfig()
    prompts: PromptsConfig = PromptsConfig()
    guard: GuardConfig = GuardConfig()
    features: Features = Features()
    flags: FlagFileSettings = FlagFileSettings()
    app_configuration: AppConfigurationSettings = AppConfigurationSettings()
    budget: Limits = Limits()
    prices: dict[str, Price] = Field(default_factory=dict)
    """By model, as it is named in ``llm``; beside those that ``agent.budget.KNOWN_PRICES`` has."""
    service_prices: ServicePrices = ServicePrices()
    """Of telephone, recording, speech and text messages: what calls are said to have cost. See docs/costs.md."""
    after_call: AfterCallConfig = AfterCallConfig()
    call_backs: CallBacksConfig = CallBacksConfig()
    routing: RoutingConfig = RoutingConfig()
    speech: SpeechConfig = SpeechConfig()
    database: DatabaseConfig = DatabaseConfig()
    export: ExportConfig = ExportConfig()
    documents: DocumentsConfig = DocumentsConfig()
    ai_search: AiSearchConfig = AiSearchConfig()
    topics: TopicsConfig = TopicsConfig()
    cache: CacheConfig = CacheConfig()
    translator: TranslatorConfig = TranslatorConfig()
    webrtc: WebRtcConfig = WebRtcConfig()
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
        return (Environment(settings_cls), SecretFiles(settings_cls), init_settings)


class Environment(EnvSettingsSource):
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


class SecretFiles(EnvSettingsSource):
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

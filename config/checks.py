"""What is wrong with a configuration whose values are right one by one."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from agent.budget import KNOWN_PRICES
from agent.language_tags import closest
from config.errors import ConfigError
from config.sections import EMULATOR_RESOURCE_ID
from config.whole import Config
from providers.speech_settings import AzureSpeechConfig as AzureSpeechConfig
from providers.speech_settings import SpeechConfig as SpeechConfig


def check(config: Config) -> None:
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
    if config.routing.mode == "azure" and not acs.usable_access_key:
        problems.append("communication_services.access_key: is needed for routing.mode azure: it knows no identity")
    if config.routing.mode == "azure" and not config.routing.score_key.get_secret_value():
        problems.append("routing.score_key: is needed, or Job Router could not ask who suits best")
    if not config.conversation.claim and config.topics.path is None:
        problems.append("conversation.claim: must have a field, unless topics lead the calls (topics.path)")
    if config.call_backs.from_time >= config.call_backs.until_time or not config.call_backs.weekdays:
        problems.append("call_backs.until_time: must be later than from_time, and weekdays must name a day")
    problems += [*config.prompts.problems(), *_doubtful_fields(config), *_problems_of_languages(config)]
    _refuse([*problems, *_problems_of_assistants(config), *_problems_of_bots(config)])


def _problems_of_bots(config: Config) -> list[str]:
    """A bot that cannot lead the calls, though it is to."""
    bot = config.direct_line
    if bot.secret.get_secret_value() and bot.token_endpoint:
        return ["direct_line.token_endpoint: only one of it and direct_line.secret can be what counts"]
    if config.conversation.assistant != "direct_line":
        return []
    if not bot.is_set:
        return ["direct_line.token_endpoint: is needed for conversation.assistant, or direct_line.secret"]
    if config.llm.realtime.model:
        return ["conversation.assistant: only one of direct_line and llm.realtime can lead the calls"]
    return []


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


def _problems_of_assistants(config: Config) -> list[str]:
    """Assistants that a browser could not tell apart, or that would not be understood."""
    problems = []
    for name, assistant in config.webrtc.assistants.items():
        key = f"webrtc.assistants.{name}"
        if name == config.conversation.bot_name:
            problems.append(f"{key}: is the name of the configured conversation already")
        if unknown := [each for each in assistant.languages or () if closest(each, config.languages) is None]:
            problems.append(f"{key}.languages: {', '.join(unknown)} is none of {', '.join(config.languages)}")
    return problems

"""The language models: one word from each that is configured."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, aclosing
from functools import partial

from azure.core.exceptions import AzureError

from agent.chat import Prompted, Role, ToolSpec
from agent.errors import (
    AssistantError,
    ContentFiltered,
    ModelBrokeOff,
    ModelOverloaded,
    ModelRefused,
    ModelTimedOut,
)
from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, place_of
from assembly.engines import build_chat_model, build_realtime, endpoint_of
from config import Config, ModelConfig
from providers.azure_identity import AzureIdentity
from providers.openai_endpoint import TokenProvider

_QUESTION = (Prompted(Role.USER, "Say yes."),)
_TOOL = ToolSpec("never", "Never call this.", {"type": "object", "properties": {}})
"""Every request of a call carries tools: a model that takes none is of no use."""
_MODEL_CODES = frozenset({"model_not_found", "DeploymentNotFound", "unknown_model"})


def checks_of_models(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Iterator[Check]:
    """In the order in which they are shown; ``stack`` closes what they open."""
    llm = config.llm
    trial = ModelTrial(config, identity, stack)
    named = {"llm": llm, "llm.fast": llm.fast, "llm.slow": llm.slow}
    configured = {key: model for key, model in named.items() if model.model}
    if not configured:
        yield Check("language model", _scripted)
    for key, model in configured.items():
        yield Check(f"model {key}", partial(trial.answers, key, model), f"{key}.base_url")
    if llm.realtime.model:
        yield Check("model llm.realtime", trial.opens, "llm.realtime.base_url")
    else:
        yield Check("model llm.realtime", _silent)


async def _scripted() -> Seen:
    return Seen("none: the scripted assistant answers", "llm.model, with llm.base_url, turns one on", State.OFF)


async def _silent() -> Seen:
    return Seen("none: recogniser, model and voice are our own", "llm.realtime.model turns one on", State.OFF)


class ModelTrial:
    """The models as calls will ask them, each alone."""

    def __init__(self, config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> None:
        self._config = config
        self._identity = identity
        self._stack = stack

    async def answers(self, key: str, model: ModelConfig) -> Seen:
        """Ask for a word, and leave when it begins to come."""
        chat = build_chat_model(self._config.llm, model, endpoint_of(model, self._token_provider(model)))
        self._stack.push_async_callback(chat.close)
        watch = Watch()
        try:
            async with aclosing(chat.stream(_QUESTION, (_TOOL,))) as deltas:
                await anext(deltas)
        except (AssistantError, AzureError) as error:
            raise _explained(error, key, model) from error
        return Seen(f"{model.model} at {place_of(model.base_url)}: first word after {watch.took}")

    async def opens(self) -> Seen:
        """Open a session, and leave."""
        model = self._config.llm.realtime
        realtime = build_realtime(self._config.llm, endpoint_of(model, self._token_provider(model)))
        self._stack.push_async_callback(realtime.close)
        watch = Watch()
        try:
            await realtime.warm_up()
        except (AssistantError, AzureError) as error:
            raise _explained(error, "llm.realtime", model) from error
        return Seen(f"{model.model} at {place_of(model.base_url)}: session after {watch.took}")

    def _token_provider(self, model: ModelConfig) -> TokenProvider | None:
        is_needed = model.api_version and not model.api_key.get_secret_value()
        return self._identity.token_provider() if is_needed else None


def _explained(error: AssistantError | AzureError, key: str, model: ModelConfig) -> NotWorking:
    place = place_of(model.base_url)
    match error:
        case AzureError():
            return NotWorking(
                "this machine has no Azure identity that gives a token",
                f"set {key}.api_key, or give this machine an identity that may use {place}",
            )
        case ModelRefused():
            return NotWorking(str(error), _of_refusal(error, key, model))
        case ModelOverloaded():
            return NotWorking(str(error), f"the account of {key}.api_key has no quota left: raise it, or wait")
        case ModelTimedOut():
            advice = f"take a faster {key}.model, or raise llm.first_token_timeout_ms and llm.timeout_sec"
            return NotWorking(str(error), advice)
        case ContentFiltered():
            return NotWorking(str(error), f"loosen the content filter of {key}.model: it stopped a harmless question")
        case ModelBrokeOff():
            advice = f"see that {key}.base_url is an OpenAI-compatible endpoint that streams"
            return NotWorking(str(error), advice)
        case _:
            return NotWorking(str(error), f"look at {key}.base_url: {place} does not answer as it should")


def _of_refusal(error: ModelRefused, key: str, model: ModelConfig) -> str:
    if error.status in (401, 403):
        return f"the key was refused: set {key}.api_key to a key of {place_of(model.base_url)}"
    if error.code in _MODEL_CODES:
        what = "deployment" if model.api_version else "model"
        return f"the service has no {what} {model.model}: set {key}.model to one that it has"
    if error.status == 404:
        where = (
            f"{key}.base_url (mostly it ends in /v1)" if not model.api_version else f"{key}.base_url and api_version"
        )
        return f"nothing is served there: look at {where}, and whether it has the {key}.model {model.model}"
    return f"the model {model.model} does not take our requests: {key}.model must stream and take tools"

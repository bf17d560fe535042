"""From the configuration to each room's own settings."""

from types import MappingProxyType

from agent.budget import KNOWN_PRICES, Budget, Price
from agent.claim import Claim, ClaimField
from agent.language_tags import english_name
from agent.openers import opener_texts
from agent.options import Options
from agent.retrieval import RetrievalSettings
from agent.search import Search
from agent.texts.bundled import BUNDLED, Repertoire, primary_subtag
from agent.tool import ToolMeans
from calls.costs import Prices
from calls.initiate import CallInitiate
from calls.settings import LiveCallsSettings
from config import Config
from flags.features import Features
from pipeline.answering import OpenerSettings
from pipeline.conversation import ConversationSettings
from pipeline.ending import EndingSettings
from pipeline.reply import fixed_phrases
from pipeline.turn_settings import TurnSettings
from providers.direct_line import STAGE as BOT_STAGE
from providers.turn_end import TurnEndWords
from vad.end_of_turn import EndOfTurnSettings
from vad.segments import SegmentSettings

_NEVER_MS = 24 * 3_600_000
"""No call lasts so long."""


def budget_of(config: Config) -> Budget:
    """What a call may cost."""
    return Budget(config.budget, MappingProxyType({**KNOWN_PRICES, **config.prices}))


def prices_of(config: Config) -> Prices:
    """What calls cost: as configured, but that the speech of this machine costs nothing."""
    services = config.service_prices
    if config.speech.mode == "local":
        services = services.model_copy(update={"speech_to_text_hour": 0.0, "text_to_speech_million_characters": 0.0})
    # A bot is paid by the message, or by the month: its requests cost no tokens.
    models = {BOT_STAGE: Price(input=0, output=0), **KNOWN_PRICES, **config.prices}
    return Prices(services, MappingProxyType(models))


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
        language=config.languages[0],
        language_name=english_name(config.languages[0]),
        languages=config.languages,
        language_by_number=tuple(who.language_by_number.items()),
        prosody_rate=config.speech.speed,
        claim=claim_of(config).fields,
    )


def can_write(config: Config) -> bool:
    """Whether there is somebody who sends text messages."""
    acs, twilio = config.communication_services, config.sms.twilio
    return bool(twilio.account_sid and twilio.phone_number if config.sms.mode == "twilio" else acs.phone_number)


def is_led_by_bot(config: Config) -> bool:
    """Whether a bot leads the calls, to whom everything that it is told has an effect."""
    return config.conversation.assistant == "direct_line"


def tool_means(config: Config, *, search: Search | None = None, has_our_voice: bool = True) -> ToolMeans:
    """What tools are made of."""
    return ToolMeans(
        region=config.conversation.phone_region,
        language=language_of(config).partition("-")[0],
        can_write=can_write(config),
        has_helpline=bool(config.emergencies.webhook_url),
        emergency_number=config.emergencies.phone_number,
        has_our_voice=has_our_voice,
        search=search,
    )


def language_of(config: Config) -> str:
    """What callers speak, as a tag, where the recogniser does not tell: it looks among several, or knows one."""
    return config.languages[0] if config.speech.mode == "azure" else "en"


def repertoire_of(config: Config) -> Repertoire:
    """What we say by ourselves, in the languages that the voice speaks to callers."""
    spoken = {primary_subtag(tag) for tag in config.languages}
    own = config.languages[0]
    texts = {each: texts for each, texts in BUNDLED.items() if each in spoken}
    written_in = primary_subtag(config.prompts.spoken_language or own)
    if written_in in texts:
        texts[written_in] = texts[written_in].with_overrides(config.prompts.sentences)
    return Repertoire(own, MappingProxyType(texts))


def written_repertoire_of(config: Config) -> Repertoire:
    """What we write by ourselves, where no voice has to speak it: every language that we have."""
    spoken = repertoire_of(config)
    return Repertoire(spoken.language, MappingProxyType({**BUNDLED, **spoken.texts}))


def opener_settings(
    config: Config, features: Features | None = None, repertoire: Repertoire | None = None
) -> OpenerSettings:
    """Openers and fillers in each of our languages; by the flags of the configuration, unless others are given."""
    flags, repertoire = features or config.features, repertoire or repertoire_of(config)
    return OpenerSettings(
        # An opener in another voice than the answer's would be out of place; a filler is better than silence.
        is_enabled=flags.openers_enabled and not config.llm.realtime.model,
        texts=opener_texts(repertoire.of("")),
        other_texts=MappingProxyType({each: opener_texts(texts) for each, texts in repertoire.texts.items()}),
    )


def conversation_settings(
    config: Config, features: Features | None = None, repertoire: Repertoire | None = None
) -> ConversationSettings:
    """How conversations behave, from the flags; those of the configuration, unless others are given.

    Args:
        config: See there.
        features: The flags of now.
        repertoire: What is said without a model; None: what the voice speaks of what we bring.
    """
    flags = features or config.features
    return ConversationSettings(
        turns=TurnSettings(
            ending=EndingSettings(
                text_ends_within_ms=text_ends_within_ms(config),
                text_lag_max_ms=flags.recognition_stt_complete_timeout_ms,
                wait=end_of_turn_settings(flags),
                words=TurnEndWords(language_of(config)),
            ),
            vad_cutoff_timeout_ms=flags.vad_cutoff_timeout_ms,
            # A bot that is told what may not have been said cannot be told that it was not.
            speculation_max_per_turn=0 if is_led_by_bot(config) else flags.speculation_max_per_turn,
            answer_soft_timeout_ms=_milliseconds(flags.answer_soft_timeout_sec),
            answer_hard_timeout_ms=_milliseconds(flags.answer_hard_timeout_sec),
            phone_silence_timeout_ms=_milliseconds(flags.phone_silence_timeout_sec),
        ),
        segments=SegmentSettings(threshold=flags.vad_threshold),
        openers=opener_settings(config, flags, repertoire),
        options=Options(
            attempts_max=flags.recognition_retry_max,
            is_slow_model_first=flags.slow_llm_for_chat,
        ),
        retrieval=RetrievalSettings(limit=config.documents.limit, timeout_ms=config.documents.timeout_ms),
        is_turn_model_used=flags.end_of_turn_model,
        is_echo_cancelled=flags.echo_cancellation,
        playout_lead_ms=config.speech.playout_lead_ms,
        phrases=fixed_phrases(repertoire or repertoire_of(config), is_recorded=flags.recording_enabled),
        recordings_path=config.database.recordings_path if flags.recording_enabled else None,
    )


def _milliseconds(timeout_sec: float) -> int:
    """A time-out of 0 is none."""
    return round(timeout_sec * 1000) if timeout_sec else _NEVER_MS


def end_of_turn_settings(flags: Features) -> EndOfTurnSettings:
    """The curve of the wait, kept in order: whoever shortens the middle shortens the floor too."""
    floor = min(flags.end_of_turn_floor_ms, flags.vad_silence_timeout_ms)
    return EndOfTurnSettings(
        floor_ms=floor,
        vad_silence_timeout_ms=flags.vad_silence_timeout_ms,
        longest_ms=max(flags.end_of_turn_longest_ms, flags.vad_silence_timeout_ms),
    )


def live_calls_settings(config: Config) -> LiveCallsSettings:
    """How this replica takes calls."""
    server = config.server
    return LiveCallsSettings(
        public_url=server.public_url or f"http://{server.host}:{server.port}",
        max_calls=server.max_calls,
        phone_number=config.communication_services.phone_number,
        invites_humans=config.conversation.agent_mode == "invite",
        is_recorded_by_service=config.communication_services.recording,
        hold_audio_url=config.communication_services.hold_audio_url,
        dtmf_by_callbacks=config.communication_services.dtmf == "callbacks",
        initiate=initiate_of(config),
    )


def text_ends_within_ms(config: Config) -> int:
    """How much before the end of the voice a text may end and be whole.

    Azure tells where its last word ends. Our own recogniser tells how much it has listened to:
    what is left of the voice may be the last sound of a word, and make it another one.
    """
    return EndingSettings().text_ends_within_ms if config.speech.mode == "azure" else 0

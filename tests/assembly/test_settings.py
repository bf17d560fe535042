"""The configuration reaches every room."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.budget import KNOWN_PRICES, Limits, Price
from agent.texts.bundled import BUNDLED
from assembly.settings import (
    budget_of,
    claim_of,
    conversation_settings,
    end_of_turn_settings,
    initiate_of,
    live_calls_settings,
    prices_of,
    repertoire_of,
    tool_means,
    written_repertoire_of,
)
from config import Config
from flags.features import Features
from pipeline.events import LineReady, ReplyFailed
from pipeline.turns import Turns
from stores.records import FieldRecord
from tests.support.configured import CLAIM, configured


def test_flags_reach_the_conversation(tmp_path: Path) -> None:
    """Each flag lands where it belongs, in the unit of its new place."""
    config = configured(
        features={
            "vad_silence_timeout_ms": 700,
            "end_of_turn_floor_ms": 90,
            "end_of_turn_longest_ms": 2_500,
            "vad_cutoff_timeout_ms": 300,
            "answer_soft_timeout_sec": 0.75,
            "answer_hard_timeout_sec": 1.5,
            "phone_silence_timeout_sec": 12,
            "speculation_max_per_turn": 5,
            "openers_enabled": False,
            "vad_threshold": 0.7,
            "recording_enabled": True,
        },
        speech={"playout_lead_ms": 120},
        database={"recordings_path": tmp_path},
    )
    settings = conversation_settings(config)
    wait = settings.turns.ending.wait
    assert (wait.floor_ms, wait.vad_silence_timeout_ms, wait.longest_ms) == (90, 700, 2_500)
    assert settings.turns.vad_cutoff_timeout_ms == 300
    assert settings.turns.answer_soft_timeout_ms == 750
    assert settings.turns.answer_hard_timeout_ms == 1_500
    assert settings.turns.phone_silence_timeout_ms == 12_000
    assert settings.turns.speculation_max_per_turn == 5
    assert not settings.openers.is_enabled
    assert settings.segments.threshold == 0.7
    assert settings.playout_lead_ms == 120
    assert settings.recordings_path == tmp_path


def test_zero_reaches_the_conversation_as_zero() -> None:
    """A flag of 0 is not taken for a flag that is not set."""
    names = ("vad_silence_timeout_ms", "vad_cutoff_timeout_ms", "speculation_max_per_turn", "end_of_turn_longest_ms")
    settings = conversation_settings(configured(features=dict.fromkeys(names, 0)))
    wait = settings.turns.ending.wait
    assert (wait.floor_ms, wait.vad_silence_timeout_ms, wait.longest_ms) == (0, 0, 0)
    assert (settings.turns.vad_cutoff_timeout_ms, settings.turns.speculation_max_per_turn) == (0, 0)
    assert settings.recordings_path is None


def test_a_budget_and_its_prices() -> None:
    """Ours are beside the known ones, and win."""
    prices = {"small": {"input": 1, "output": 4, "cached": 0.25}, "gpt-4.1": {"input": 2, "output": 8}}
    limits: dict[str, object] = {"model_calls": 60, "tokens": 200_000, "minutes": 15, "usd": 0.5}
    budget = budget_of(Config.model_validate({"budget": limits, "prices": prices}))
    assert budget.limits == Limits(model_calls=60, tokens=200_000, minutes=15, usd=0.5)
    assert budget.prices["small"] == Price(input=1, output=4, cached=0.25)
    assert budget.prices["gpt-4.1"] == Price(input=2, output=8)
    assert budget.prices["gpt-4.1-nano"] == KNOWN_PRICES["gpt-4.1-nano"]
    assert not budget_of(configured()).is_limited


def test_a_timeout_of_zero_is_none() -> None:
    """No call lasts for a day."""
    names = ("answer_soft_timeout_sec", "answer_hard_timeout_sec", "phone_silence_timeout_sec")
    turns = conversation_settings(configured(features=dict.fromkeys(names, 0))).turns
    day_ms = 24 * 3_600_000
    assert (turns.answer_soft_timeout_ms, turns.answer_hard_timeout_ms) == (day_ms, day_ms)
    assert turns.phone_silence_timeout_ms == day_ms


@given(
    st.builds(
        Features,
        **{
            name: st.floats(field.metadata[0].ge, field.metadata[1].le)
            if field.annotation is float
            else st.integers(field.metadata[0].ge, field.metadata[1].le)
            for name, field in Features.model_fields.items()
            if field.annotation in (float, int)
        },
    )
)
def test_whatever_the_flags_are_a_conversation_can_go_by_them(features: Features) -> None:
    """A live source must not be able to end calls: all that can be a flag makes settings, and a turn machine."""
    settings = conversation_settings(configured(), features)
    turns = Turns(settings.turns)
    turns.handle(LineReady(), now=0)
    turns.behave(settings.turns)
    turns.handle(ReplyFailed(1), now=10)
    assert (turns.next_deadline() or 0) >= 0


@pytest.mark.parametrize("silence_ms", [0, 100, 500, 5_000])
def test_the_wait_for_the_end_of_a_turn_stays_in_order(silence_ms: int) -> None:
    """Whoever moves the middle of the curve moves its ends as far as they must."""
    wait = end_of_turn_settings(configured(features={"vad_silence_timeout_ms": silence_ms}).features)
    assert wait.vad_silence_timeout_ms == silence_ms
    assert wait.floor_ms <= silence_ms <= wait.longest_ms


def test_how_calls_are_taken() -> None:
    """Without a public URL the server is reached where it listens; the claim's schema goes with each call."""
    near = live_calls_settings(configured(server={"port": 9000, "max_calls": 7}, conversation={"claim": CLAIM}))
    assert (near.public_url, near.max_calls) == ("http://127.0.0.1:9000", 7)
    assert near.initiate.field_records == (FieldRecord("incident_location", "text", "Where did it happen?", True),)
    far = live_calls_settings(configured(server={"public_url": "https://calls.example.com/base"}))
    assert far.media_url == "wss://calls.example.com/base"


def test_the_claim_is_the_configured_one() -> None:
    """A new call begins with an empty claim of these fields."""
    claim = claim_of(configured(conversation={"claim": CLAIM}))
    assert [(field.name, field.description) for field in claim.fields] == [
        ("incident_location", "Where did it happen?")
    ]
    assert claim.values == {}


def test_our_own_recogniser_is_heard_out_to_the_last_sample() -> None:
    """Azure knows where its last word ends; what ours has not listened to may change the word."""
    azure: dict[str, object] = {"mode": "azure", "azure": {"host": "ws://127.0.0.1:1"}}
    assert conversation_settings(configured()).turns.ending.text_ends_within_ms == 0
    assert conversation_settings(configured(speech=azure)).turns.ending.text_ends_within_ms == 50


def test_callers_are_spoken_to_in_what_the_voice_speaks() -> None:
    """The local voice speaks English; Azure's its own language, or all that callers may speak."""
    assert set(repertoire_of(configured()).texts) == {"en"}
    azure: dict[str, object] = {"host": "ws://127.0.0.1:1", "languages": ["en-US", "fr-FR", "it-IT"]}
    many = configured(speech={"mode": "azure", "azure": azure}, features={"recording_enabled": True})
    assert set(repertoire_of(many).texts) == {"en", "fr"}
    settings = conversation_settings(many)
    assert settings.phrases.spoken_to("fr-CA").recording_notice == BUNDLED["fr"].recording_notice[0]
    assert settings.openers.other_texts["fr"].filler == BUNDLED["fr"].timeout_loading
    german = configured(
        speech={"mode": "azure", "azure": {**azure, "voice": "de-DE-KatjaNeural", "voice_language": "de-DE"}}
    )
    assert set(repertoire_of(german).texts) == {"de"}
    assert repertoire_of(german).of("fr-FR").language == "de"


def test_the_means_of_tools() -> None:
    """What cannot work with this configuration is not offered to a model."""
    bare = tool_means(configured())
    assert (bare.can_write, bare.region, bare.language, bare.has_our_voice) == (False, "US", "en", True)
    assert tool_means(configured(communication_services={"phone_number": "+12025550143"})).can_write
    assert not tool_means(
        configured(sms={"mode": "twilio"}, communication_services={"phone_number": "+12025550143"})
    ).can_write
    assert (bare.has_helpline, bare.emergency_number) == (False, "")
    helped = tool_means(configured(emergencies={"webhook_url": "https://help.example", "phone_number": "+33155550112"}))
    assert (helped.has_helpline, helped.emergency_number) == (True, "+33155550112")
    twilio = {"account_sid": "AC1", "phone_number": "+12025550143"}
    assert tool_means(configured(sms={"mode": "twilio", "twilio": twilio})).can_write
    french = configured(speech={"mode": "azure", "azure": {"region": "x", "languages": ["fr-FR"]}})
    assert tool_means(french).language == "fr"
    assert not tool_means(configured(), has_our_voice=False).has_our_voice


def test_what_calls_can_be_held_in() -> None:
    """What speech hears and has a voice for, unless calls are to be held in less; the first begins."""
    azure: dict[str, object] = {"host": "ws://127.0.0.1:1", "languages": ["fr-FR", "en-US", "de-DE"]}
    speech: dict[str, object] = {
        "mode": "azure",
        "azure": azure | {"voice": "en-US-JennyNeural", "voices": {"de-DE": {"voice": "K"}}},
    }
    assert configured().languages == ("en-US",)
    assert configured(speech={"mode": "azure", "azure": azure}).languages == ("fr-FR", "en-US", "de-DE")
    assert configured(speech=speech).languages == ("en-US", "de-DE")
    about = initiate_of(
        configured(speech=speech, conversation={"languages": ["de-DE"], "language_by_number": {"+49": "de-DE"}})
    )
    assert (about.language, about.language_name, about.languages) == ("de-DE", "German", ("de-DE",))
    assert about.language_by_number == (("+49", "de-DE"),)


def test_the_sentences_of_the_company_stand_for_ours() -> None:
    """In the language that they are written in; the others keep ours."""
    config = configured(
        conversation={"languages": ["en-US", "fr-FR"]},
        prompts={"tts": {"hello_tpl": ["Welcome to {bot_company}.", "Hi."], "declined_tpl": "Not with me."}},
    )
    texts = repertoire_of(config).texts
    assert texts["en"].hello == ("Welcome to {bot_company}.", "Hi.")
    assert texts["en"].declined == ("Not with me.",)
    assert texts["fr"].hello == BUNDLED["fr"].hello
    french = configured(
        conversation={"languages": ["en-US", "fr-FR"]}, prompts={"tts": {"tts_lang": "fr", "goodbye_tpl": "Adieu."}}
    )
    assert repertoire_of(french).texts["fr"].goodbye == ("Adieu.",)
    assert repertoire_of(french).texts["en"].goodbye == BUNDLED["en"].goodbye
    assert written_repertoire_of(french).texts["fr"].goodbye == ("Adieu.",)
    assert set(written_repertoire_of(french).texts) == set(BUNDLED)


def test_the_prices_of_calls() -> None:
    """Those of the configuration; the speech of this machine is free, and models without a price are known ones."""
    own = configured(service_prices={"sms": 0.05}, prices={"mine": {"input": 1, "output": 2}})
    prices = prices_of(own)
    assert (prices.services.sms, prices.services.speech_to_text_hour) == (0.05, 0.0)
    assert {"mine", "gpt-4.1"} <= prices.models.keys()
    azure = configured(speech={"mode": "azure", "azure": {"region": "westeurope", "key": "k"}})
    assert prices_of(azure).services.speech_to_text_hour == 1.0

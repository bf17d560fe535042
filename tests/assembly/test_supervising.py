"""Whether supervisors are let in, and whether anything comes of their whispers, by the configuration."""

from agent.dialogue import Dialogue
from agent.facts import Spent
from assembly.supervising import Follows, build_listening_in, build_supervising
from calls.live import LiveCalls
from calls.settings import LiveCallsSettings
from tests.support.configured import configured
from tests.support.fake_store import FakeStore
from tests.support.fakes import empty_dialogue
from tests.support.telephone import NOW, FakeControl, Notes


def live_calls() -> LiveCalls:
    """None of them."""
    notes, settings = Notes(), LiveCallsSettings(public_url="http://bot.example")
    return LiveCalls(FakeControl(), notes, notes, settings, clock=lambda: 0.0, utc_now=lambda: NOW)


def test_there_are_routes_only_with_webrtc() -> None:
    """Who has turned it off has no door for it."""
    paths = {}
    for enabled in (True, False):
        config = configured(webrtc={"enabled": enabled})
        routes = build_supervising(config, build_listening_in(config, live_calls()), FakeStore())
        paths[enabled] = [route.path for route in routes]
    assert "/report/{call}/listen" in paths[True]
    assert paths[False] == []


def test_a_model_goes_by_any_whisper_and_a_script_by_its_orders() -> None:
    """A model that may not be asked any more is none."""
    dialogue: Dialogue = empty_dialogue()
    script, model = (
        Follows(configured()),
        Follows(configured(llm={"model": "m", "base_url": "http://x", "api_key": "k"})),
    )
    assert [script(dialogue, text) for text in ("Be kind.", "End the call.")] == [False, True]
    assert model(dialogue, "Be kind.")
    spent = Dialogue(dialogue.claim, spent=Spent(limit="money"))
    assert [model(spent, text) for text in ("Be kind.", "End the call.")] == [False, True]


def test_a_bot_is_told_nothing() -> None:
    """Nothing comes of a whisper, and whoever whispers is told so."""
    bot = configured(conversation={"assistant": "direct_line"}, direct_line={"secret": "s"})
    assert not any(Follows(bot)(empty_dialogue(), text) for text in ("Be kind.", "End the call."))

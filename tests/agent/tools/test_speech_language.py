"""The tool that changes the language of the call."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.assistant import SetLanguage
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.tool import run_tool
from agent.tools.speech_language import SpeechLanguageTool

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
DIALOGUE = Dialogue(Claim(()), language="en-US", languages=("en-US", "fr-FR", "fr-CA", "zh-CN"))


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("fr-FR", "fr-FR"), ("fr-ca", "fr-CA"), ("fr", "fr-FR"), ("fr_BE", "fr-FR"), ("zh-Hans", "zh-CN")],
)
def test_a_language_of_the_call_is_asked_for(wanted: str, language: str) -> None:
    """That very one, or the same language as it is spoken elsewhere."""
    outcome = run_tool(SpeechLanguageTool(), f'{{"language": "{wanted}"}}', DIALOGUE, NOW)
    assert outcome.outputs == (SetLanguage(language),)
    assert language in outcome.text


@pytest.mark.parametrize("wanted", ["de-DE", "", "f", "klingon"])
def test_another_language_is_refused_with_those_that_there_are(wanted: str) -> None:
    """The model can say which ones."""
    outcome = run_tool(SpeechLanguageTool(), f'{{"language": "{wanted}"}}', DIALOGUE, NOW)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Nothing was done")
    assert "en-US, fr-FR, fr-CA, zh-CN" in outcome.text


def test_a_call_of_one_language_stays_in_it() -> None:
    """Whether it is named or not."""
    for languages in ((), ("en-US",)):
        outcome = run_tool(SpeechLanguageTool(), '{"language": "fr-FR"}', replace(DIALOGUE, languages=languages), NOW)
        assert outcome.outputs == ()
        assert "one language only" in outcome.text


def test_the_same_language_is_no_change() -> None:
    """And is not told as one."""
    outcome = run_tool(SpeechLanguageTool(), '{"language": "en-US"}', DIALOGUE, NOW)
    assert (outcome.outputs, "already" in outcome.text) == ((), True)

"""How the script ends a call."""

from dataclasses import replace
from datetime import datetime

from agent.assistant import EndCall, Expect, Output, SetReminder
from agent.expectation import Expectation, Stage
from agent.phrases import Phrases
from agent.promises import colleague_calls_back
from agent.texts.texts import Variants


def ended(phrases: Phrases, state: Expectation, *sentences: str | Variants) -> tuple[Output, ...]:
    """Say goodbye and hang up."""
    expect = Expect(replace(state, stage=Stage.DONE, asked="").encode())
    return (expect, *phrases.say(*sentences, phrases.texts.goodbye), EndCall())


def promised_call_back(now: datetime) -> SetReminder:
    """What ``Texts.call_back`` says comes true only if somebody is told of it."""
    return SetReminder(colleague_calls_back(now, "The assistant has promised it: the caller has told nothing yet."))

"""Scenarios in YAML: what is read, and which key is wrong."""

import wave
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from emulators.errors import ScenarioError
from emulators.expectation import Exactly, Moment, Text
from emulators.network_faults import CallbackFault, DropMedia, LateFrames, RestFault
from emulators.network_script import PickUp, Reaction
from emulators.scenario import (
    AfterAssistant,
    AfterAssistantStarted,
    At,
    Digits,
    HangUp,
    Line,
    Patience,
    Wait,
)
from emulators.scenario_file import load_scenario, parse_scenario, sample_scenario

WHOLE = """
name: whole
description: Everything that a file can hold.
caller_number: "+4930123456"
patience: {finished_gap_ms: 500, answer_timeout_ms: 3000, farewell_timeout_ms: 1000}
max_duration_ms: 60000
steps:
  - say: "Good day."
  - wav: second.wav
    say: "What it says."
    after_assistant_ms: 500
  - say: "No, wait."
    after_assistant_started_ms: 700
  - press: "12#"
    at_ms: 30000
  - wait_ms: 1000
  - hang_up: true
expect:
  claim:
    name: {text: Robert Miller}
    place: {text: Boston, max_word_error_rate: 0.5}
    number: {exactly: "+16175558249"}
    when: {weekday: monday, time: "09:00"}
    since: {days_before: 1, time: "17:30"}
"""


def test_everything_is_read(tmp_path: Path) -> None:
    """Each key lands where it belongs; paths are relative to the file."""
    with wave.open(str(tmp_path / "second.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    (tmp_path / "whole.yaml").write_text(WHOLE, encoding="utf-8")
    scenario = load_scenario(tmp_path / "whole.yaml")
    assert scenario.steps == (
        Line("Good day.", when=AfterAssistant()),
        Line("What it says.", wav=tmp_path / "second.wav", when=AfterAssistant(500)),
        Line("No, wait.", when=AfterAssistantStarted(700)),
        Digits("12#", when=At(30_000)),
        Wait(1000),
        HangUp(),
    )
    assert scenario.patience == Patience(finished_gap_ms=500, answer_timeout_ms=3000, farewell_timeout_ms=1000)
    assert (scenario.name, scenario.caller_number, scenario.max_duration_ms) == ("whole", "+4930123456", 60_000)
    assert scenario.expectation.claim == {
        "name": Text("Robert Miller"),
        "place": Text("Boston", max_word_error_rate=0.5),
        "number": Exactly("+16175558249"),
        "when": Moment(at=time(9), weekday="monday"),
        "since": Moment(at=time(17, 30), days_before=1),
    }


STEP = "name: s\nsteps:\n  - say: Hello.\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("steps:\n  - say: Hello.", "name"),
        ("name: s\nsteps: []", "steps"),
        ("name: S p\nsteps:\n  - say: a", "name"),
        ("name: s\nsteps:\n  - say: a\n  - shout: b", "steps[1].shout"),
        ("name: s\nsteps:\n  - say: a\n    press: '1'", "steps[0]"),
        ("name: s\nsteps:\n  - at_ms: 5", "steps[0]"),
        ("name: s\nsteps:\n  - say: a\n    at_ms: 5\n    after_assistant_ms: 5", "steps[0]"),
        ("name: s\nsteps:\n  - wait_ms: 1\n    at_ms: 5", "steps[0]"),
        ("name: s\nsteps:\n  - wait_ms: -1", "steps[0].wait_ms"),
        ("name: s\nsteps:\n  - press: 12x", "steps[0].press"),
        ("name: s\nsteps:\n  - hang_up: false", "steps[0].hang_up"),
        ("name: s\nsteps:\n  - wav: none.wav", "steps[0].wav"),
        (STEP + "caller_number: '0123'", "caller_number"),
        (STEP + "patience: {gap: 3}", "patience.gap"),
        (STEP + "expect: {claim: {a: {}}}", "expect.claim.a"),
        (STEP + "expect: {claim: {a: {text: x, exactly: y}}}", "expect.claim.a"),
        (STEP + "expect: {claim: {a: {weekday: monday}}}", "expect.claim.a"),
        (STEP + "expect: {claim: {a: {text: x, time: '09:00'}}}", "expect.claim.a"),
        (STEP + "expect: {claim: {a: {exactly: x, max_word_error_rate: 0.1}}}", "expect.claim.a"),
        (STEP + "expect: {claim: {a: {weekday: funday, time: '09:00'}}}", "expect.claim.a.weekday"),
        (STEP + "expect: {claim: {a: {weekday: monday, time: '9'}}}", "expect.claim.a.time"),
        ("- a", ""),
        ("a: [", ""),
    ],
)
def test_what_is_wrong_is_named(text: str, key: str) -> None:
    """The error carries the path of the key."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    assert caught.value.key == key


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a scenario error, too."""
    with pytest.raises(ScenarioError, match=r"none\.yaml"):
        load_scenario(tmp_path / "none.yaml")


def test_what_is_to_be_done_can_be_expected() -> None:
    """Tools, documents and messages, beside the claim."""
    expected = sample_scenario("broken_windscreen").expectation
    assert expected.tools.count("speech_language") == 2
    assert expected.citations == ("Glass damage",)
    assert expected.messages == ("Robert Miller",)


def test_the_samples_can_be_read() -> None:
    """The main sample interrupts once and expects the whole default claim."""
    scenario = sample_scenario("water_damage")
    assert sum(isinstance(line.when, AfterAssistantStarted) for line in scenario.lines) == 1
    assert list(scenario.expectation.claim) == [
        "incident_description",
        "incident_location",
        "incident_datetime",
        "caller_name",
        "phone_number",
    ]
    claim = {
        "incident_description": "A pipe burst in my kitchen, and the floor is under water",
        "incident_location": "In my kitchen in Boston",
        "incident_datetime": "2026-11-16T09:00",
        "caller_name": "Robert Miller",
        "phone_number": "+16175558249",
    }
    assert scenario.expectation.mismatches(claim, called_at=datetime(2026, 11, 20, 7, 2, tzinfo=UTC)) == ()
    with pytest.raises(ScenarioError, match="there are broken_windscreen, handover, water_damage"):
        sample_scenario("fire")


def test_faults_of_the_network() -> None:
    """Each of its kind, with what goes with it."""
    read = parse_scenario(
        """
        name: faulty
        steps: [{hang_up: true}]
        faults:
          - {drop_media_at_ms: 8000, back_after_ms: 300}
          - {late_frames_at_ms: 12000, for_ms: 400}
          - {callback: CallConnected, copies: 2}
          - {request: answer, status: 429, retry_after_s: 1}
        """
    )
    assert read.faults == (
        DropMedia(at_ms=8000, back_after_ms=300),
        LateFrames(at_ms=12_000, for_ms=400),
        CallbackFault("CallConnected", copies=2),
        RestFault("answer", status=429, retry_after_s=1),
    )


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("{}", "has none"),
        ("{request: answer, callback: CallConnected}", "has callback, request"),
        ("{drop_media_at_ms: 1, for_ms: 20}", "for_ms does not go with drop_media_at_ms"),
        ("{request: answer, status: 200}", "greater than or equal to 400"),
    ],
)
def test_a_fault_that_cannot_be_read(fault: str, reason: str) -> None:
    """With its place."""
    with pytest.raises(ScenarioError, match=reason) as caught:
        parse_scenario(f"name: x\nsteps: [{{hang_up: true}}]\nfaults: [{fault}]\n")
    assert caught.value.key.startswith("faults[0]")


def test_what_numbers_do() -> None:
    """They answer at once unless it says otherwise."""
    numbers = """
        - {number: "+12025550177", pick_up: no_answer, after_ms: 500}
        - {number: "+12025550177", stays_ms: 2000}
    """
    read = parse_scenario(f"name: x\nsteps: [{{hang_up: true}}]\nnumbers: {numbers}")
    assert read.numbers == (
        ("+12025550177", Reaction(PickUp.NO_ANSWER, after_s=0.5)),
        ("+12025550177", Reaction(stays_s=2.0)),
    )
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("name: x\nsteps: [{hang_up: true}]\nnumbers: [{number: '+12025550177x'}]")
    assert caught.value.key == "numbers[0].number"

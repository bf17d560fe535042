"""Scenarios as YAML files.

    name: short_call
    caller_number: "+12025550143"
    patience: {finished_gap_ms: 900, answer_timeout_ms: 8000, farewell_timeout_ms: 5000}
    steps:
      - say: "A pipe burst in my kitchen."
      - wav: lines/second.wav           # relative to the file
        after_assistant_ms: 500
      - say: "No, wait."
        after_assistant_started_ms: 700
      - press: "12#"
        at_ms: 30000
      - wait_ms: 1000
      - hang_up: true
    faults:                             # what goes wrong on the network; each must happen
      - {drop_media_at_ms: 8000, back_after_ms: 300}
      - {late_frames_at_ms: 12000, for_ms: 400}
      - {callback: MediaStreamingStarted, late_ms: 500}     # or copies: 2, or after_next: true
      - {request: answer, status: 429, retry_after_s: 1}    # or after_effect: true
    numbers:                            # what happens when the server transfers to them, or adds them
      - {number: "+12025550177", pick_up: declines, after_ms: 500}
    expect:
      claim:
        caller_name: {text: Robert Miller}
        phone_number: {exactly: "+12025550143"}
        incident_datetime: {weekday: monday, time: "09:00"}

Each step does one thing, and may say when in one way; by default 200 ms after the
assistant has finished.
"""

from collections.abc import Mapping
from datetime import time
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self, assert_never

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from emulators.errors import ScenarioError
from emulators.expectation import Exactly, Expectation, Expected, Moment, Text, Weekday
from emulators.network_faults import CallbackFault, DropMedia, LateFrames, NetworkFault, RestFault
from emulators.network_script import PickUp, Reaction
from emulators.scenario import (
    AfterAssistant,
    AfterAssistantStarted,
    At,
    Digits,
    HangUp,
    Line,
    Patience,
    Scenario,
    Step,
    Wait,
    When,
)

E164 = r"^\+[1-9]\d{6,14}$"
Milliseconds = Annotated[int, Field(ge=0, le=3_600_000)]
_ACTIONS = ("say", "wav", "press", "wait_ms", "hang_up")
_FAULTS = {
    "drop_media_at_ms": ("back_after_ms",),
    "late_frames_at_ms": ("for_ms",),
    "callback": ("late_ms", "copies", "after_next"),
    "request": ("status", "after_effect", "retry_after_s"),
}
_MOMENTS = ("after_assistant_ms", "after_assistant_started_ms", "at_ms")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _StepFile(_Strict):
    say: Annotated[str, Field(min_length=1)] | None = None
    wav: Path | None = None
    press: Annotated[str, Field(pattern=r"^[0-9*#A-D]+$")] | None = None
    wait_ms: Milliseconds | None = None
    hang_up: Literal[True] | None = None
    after_assistant_ms: Milliseconds | None = None
    after_assistant_started_ms: Milliseconds | None = None
    at_ms: Milliseconds | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        actions = [name for name in _ACTIONS if getattr(self, name) is not None]
        # A WAV file may come with the text that it speaks.
        if len(actions) != 1 and actions != ["say", "wav"]:
            raise ValueError(f"a step does one of {', '.join(_ACTIONS)}; this one has {', '.join(actions) or 'none'}")
        moments = [name for name in _MOMENTS if getattr(self, name) is not None]
        if len(moments) > (0 if self.wait_ms is not None else 1):
            raise ValueError(f"a step has at most one of {', '.join(_MOMENTS)}, and a wait has none")
        return self


class _PatienceFile(_Strict):
    finished_gap_ms: Milliseconds = Patience().finished_gap_ms
    answer_timeout_ms: Milliseconds = Patience().answer_timeout_ms
    farewell_timeout_ms: Milliseconds = Patience().farewell_timeout_ms


class _ExpectedFile(_Strict):
    text: str | None = None
    max_word_error_rate: Annotated[float, Field(ge=0, le=1)] | None = None
    exactly: str | None = None
    weekday: Weekday | None = None
    days_before: Annotated[int, Field(ge=0)] | None = None
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        kinds = [name for name in ("text", "exactly", "weekday", "days_before") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError("expects one of text, exactly, weekday with time, days_before with time")
        if (self.time is not None) != (kinds[0] in ("weekday", "days_before")):
            raise ValueError("time goes with weekday or days_before, and they with it")
        if self.max_word_error_rate is not None and kinds[0] != "text":
            raise ValueError("max_word_error_rate goes with text")
        return self


class _ExpectFile(_Strict):
    claim: dict[str, _ExpectedFile] = Field(default_factory=dict)
    tools: list[str] = Field(default_factory=list)
    citations: list[str] = Field(default_factory=list)
    messages: list[str] = Field(default_factory=list)


class _FaultFile(_Strict):
    drop_media_at_ms: Milliseconds | None = None
    back_after_ms: Milliseconds | None = None
    late_frames_at_ms: Milliseconds | None = None
    for_ms: Annotated[int, Field(ge=20, le=60_000)] | None = None
    callback: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+$")] | None = None
    late_ms: Milliseconds | None = None
    copies: Annotated[int, Field(ge=1, le=100)] | None = None
    after_next: bool | None = None
    request: str | None = None
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    after_effect: bool | None = None
    retry_after_s: Annotated[int, Field(ge=0, le=3600)] | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        kinds = [kind for kind in _FAULTS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError(f"a fault has one of {', '.join(_FAULTS)}; this one has {', '.join(kinds) or 'none'}")
        wrong = sorted(self.model_fields_set - {kinds[0], *_FAULTS[kinds[0]]})
        if wrong:
            raise ValueError(f"{wrong[0]} does not go with {kinds[0]}: {', '.join(_FAULTS[kinds[0]])} do")
        return self


class _NumberFile(_Strict):
    number: Annotated[str, Field(pattern=E164)]
    pick_up: PickUp = PickUp.ANSWERS
    after_ms: Milliseconds = 0
    stays_ms: Milliseconds | None = None

    @property
    def reaction(self) -> Reaction:
        stays_s = None if self.stays_ms is None else self.stays_ms / 1000
        return Reaction(self.pick_up, after_s=self.after_ms / 1000, stays_s=stays_s)


class _ScenarioFile(_Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    description: str = ""
    caller_number: Annotated[str, Field(pattern=E164)] = "+12025550143"
    patience: _PatienceFile = _PatienceFile()
    max_duration_ms: Annotated[int, Field(ge=1000, le=3_600_000)] = 300_000
    steps: Annotated[list[_StepFile], Field(min_length=1)]
    expect: _ExpectFile = _ExpectFile()
    faults: list[_FaultFile] = Field(default_factory=list)
    numbers: list[_NumberFile] = Field(default_factory=list)


def load_scenario(path: Path) -> Scenario:
    """Read a scenario; paths of WAV files are relative to the file.

    Raises:
        ScenarioError: It cannot be read or is not valid; names the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError("", f"{path}: {error.strerror}") from error
    return parse_scenario(text, folder=path.parent)


def parse_scenario(text: str, *, folder: Path = Path()) -> Scenario:
    """Read a scenario from YAML.

    Raises:
        ScenarioError: It is not valid; names the key.
    """
    try:
        read = _ScenarioFile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ScenarioError("", f"not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ScenarioError(_key_path(first["loc"]), first["msg"]) from error
    return Scenario(
        name=read.name,
        description=read.description,
        caller_number=read.caller_number,
        patience=Patience(**read.patience.model_dump()),
        max_duration_ms=read.max_duration_ms,
        steps=tuple(_step(step, folder, f"steps[{index}]") for index, step in enumerate(read.steps)),
        faults=tuple(map(_fault, read.faults)),
        numbers=tuple((number.number, number.reaction) for number in read.numbers),
        expectation=_expectation(read.expect),
    )


def parse_fault(data: Mapping[str, object]) -> NetworkFault:
    """Read one fault, with the keys that it has in a scenario.

    Raises:
        ScenarioError: It is not valid; names the key.
    """
    try:
        return _fault(_FaultFile.model_validate(data))
    except ValidationError as error:
        first = error.errors()[0]
        raise ScenarioError(_key_path(first["loc"]), first["msg"]) from error


def sample_scenario(name: str) -> Scenario:
    """One of the scenarios that come with this package, as ``water_damage``.

    Raises:
        ScenarioError: There is none of this name.
    """
    folder = Path(str(files("emulators") / "scenarios"))
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise ScenarioError("", f"there is no sample scenario {name!r}; there are {known}")
    return load_scenario(path)


def _step(step: _StepFile, folder: Path, key: str) -> Step:
    when = _when(step)
    if step.wav is not None:
        wav = folder / step.wav
        if not wav.is_file():
            raise ScenarioError(f"{key}.wav", f"there is no file {step.wav}")
        return Line(text=step.say or "", wav=wav, when=when)
    if step.say is not None:
        return Line(text=step.say, when=when)
    if step.press is not None:
        return Digits(digits=step.press, when=when)
    if step.wait_ms is not None:
        return Wait(duration_ms=step.wait_ms)
    return HangUp(when=when)


def _when(step: _StepFile) -> When:
    if step.at_ms is not None:
        return At(step.at_ms)
    if step.after_assistant_started_ms is not None:
        return AfterAssistantStarted(step.after_assistant_started_ms)
    if step.after_assistant_ms is not None:
        return AfterAssistant(step.after_assistant_ms)
    return AfterAssistant()


def _expectation(read: _ExpectFile) -> Expectation:
    return Expectation(
        {name: _expected(value) for name, value in read.claim.items()},
        tools=tuple(read.tools),
        citations=tuple(read.citations),
        messages=tuple(read.messages),
    )


def _expected(value: _ExpectedFile) -> Expected:
    if value.text is not None:
        if value.max_word_error_rate is None:
            return Text(value.text)
        return Text(value.text, max_word_error_rate=value.max_word_error_rate)
    if value.exactly is not None:
        return Exactly(value.exactly)
    at = time.fromisoformat(value.time or "00:00")
    return Moment(at=at, weekday=value.weekday, days_before=value.days_before)


def _fault(fault: _FaultFile) -> NetworkFault:
    given = fault.model_dump(exclude_none=True)
    if fault.drop_media_at_ms is not None:
        return DropMedia(at_ms=given.pop("drop_media_at_ms"), **given)
    if fault.late_frames_at_ms is not None:
        return LateFrames(at_ms=given.pop("late_frames_at_ms"), **given)
    if fault.request is not None:
        return RestFault(given.pop("request"), **given)
    return CallbackFault(**given)


def _key_path(location: tuple[int | str, ...]) -> str:
    """Write ``("steps", 2, "at_ms")`` as ``steps[2].at_ms``."""
    path = ""
    for part in location:
        match part:
            case int():
                path += f"[{part}]"
            case str():
                path += f".{part}" if path else part
            case _:
                assert_never(part)
    return path

"""What of a source can be used, and what is refused."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flags.definitions import Definitions, changed_flags, define, standing_definitions
from flags.experiments import Experiment, Variant
from flags.features import Features
from flags.records import FlagRefused
from flags.source import Unusable

STANDING = Features(vad_threshold=0.6)
BEFORE = Definitions(
    STANDING.model_copy(update={"answer_hard_timeout_sec": 9.0}),
    MappingProxyType({"openers_enabled": Experiment("openers", (Variant("on", True, 1), Variant("off", False, 1)))}),
)


def defined(said: dict[str, object], before: Definitions = BEFORE) -> tuple[Definitions, tuple[FlagRefused, ...]]:
    """What holds after this."""
    return define(said, source="file", standing=STANDING, before=before)


@pytest.mark.parametrize(
    ("flag", "said", "value"),
    [
        ("vad_threshold", 0.7, 0.7),
        ("vad_threshold", "0.7", 0.7),
        ("answer_hard_timeout_sec", 0, 0),
        ("answer_hard_timeout_sec", "0", 0),
        ("vad_cutoff_timeout_ms", 300.0, 300),
        ("recording_enabled", "true", True),
        ("recording_enabled", False, False),
        ("recording_enabled", "false", False),
        ("recording_enabled", 0, False),
        ("voice_recognition_retry_max", 5, 5),
    ],
)
def test_values_are_parsed(flag: str, said: object, value: object) -> None:
    """Text too, since some sources know nothing else; an older name of a flag is one."""
    definitions, refused = defined({flag: said})
    assert refused == ()
    assert getattr(definitions.plain, flag.removeprefix("voice_")) == value


@pytest.mark.parametrize(
    ("flag", "said", "reason"),
    [
        ("vad_threshold", 7, "less than or equal"),
        ("vad_threshold", None, "valid number"),
        ("vad_threshold", "loud", "valid number"),
        ("vad_threshold", True, "not true or false"),
        ("vad_cutoff_timeout_ms", 225.5, "integer"),
        ("answer_hard_timeout_sec", -1, "greater than or equal"),
        ("answer_hard_timeout_sec", float("nan"), ""),
        ("answer_hard_timeout_sec", float("inf"), "less than or equal"),
        ("answer_hard_timeout_sec", 10**400, ""),
        ("recording_enabled", "perhaps", "boolean"),
        ("recording_enabled", [True], "boolean"),
        ("answer_hard_timeout_sec", Unusable("has filters"), "has filters"),
        ("colour", "red", "no such flag"),
        ("", 1, "no such flag"),
    ],
)
def test_what_cannot_be_used_stays_as_it_was(flag: str, said: object, reason: str) -> None:
    """It is named, with a reason; the others count."""
    before = Definitions(BEFORE.plain, MappingProxyType({}))
    definitions, refused = defined({flag: said, "recognition_retry_max": 1}, before)
    assert [each.flag for each in refused] == [flag]
    assert reason in refused[0].reason
    assert definitions.plain.recognition_retry_max == 1
    if flag in Features.model_fields:
        assert getattr(definitions.plain, flag) == getattr(BEFORE.plain, flag)


def test_what_is_not_named_stands_as_configured() -> None:
    """A flag that was taken out of the source is again what the configuration says."""
    definitions, refused = defined({})
    assert (definitions.plain, dict(definitions.experiments), refused) == (STANDING, {}, ())


def test_nothing_new_is_the_same_object() -> None:
    """So that nobody takes it for a change."""
    first, _ = defined({"vad_threshold": 0.7, "openers_enabled": {"variants": [{"value": True}, {"value": False}]}})
    again, _ = defined(
        {"vad_threshold": "0.7", "openers_enabled": {"variants": [{"value": "true"}, {"value": False}]}}, first
    )
    assert again is first


def test_an_experiment_is_read() -> None:
    """Its name is the flag's and its weights are alike, unless it says so; variants are named by their values."""
    said: dict[str, object] = {
        "openers_enabled": {"variants": [{"value": True}, {"value": False, "weight": 2.5}]},
        "vad_cutoff_timeout_ms": {
            "experiment": "barge-in",
            "variants": [{"name": "short", "value": "200", "weight": 1}, {"name": "long", "value": 300, "weight": 0}],
        },
    }
    definitions, refused = defined(said)
    assert refused == ()
    assert definitions.experiments == {
        "openers_enabled": Experiment("openers_enabled", (Variant("true", True, 1), Variant("false", False, 2.5))),
        "vad_cutoff_timeout_ms": Experiment("barge-in", (Variant("short", 200, 1), Variant("long", 300, 0))),
    }
    assert definitions.plain == STANDING
    assert changed_flags(standing_definitions(STANDING), definitions) == ("openers_enabled", "vad_cutoff_timeout_ms")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "Field required"),
        ({"variants": []}, "at least 1"),
        ({"variants": [{"value": n} for n in range(11)]}, "at most 10"),
        ({"variants": [{"value": 1}, {"value": "many"}]}, "valid integer"),
        ({"variants": [{"value": 1}, {"value": 1}]}, "same name"),
        ({"variants": [{"value": 1, "weight": 0}]}, "weight"),
        ({"variants": [{"value": 1, "weight": -1}]}, "greater than or equal"),
        ({"variants": [{"value": 1, "weight": float("inf")}]}, "variants.0.weight"),
        ({"variants": [{"value": 1, "name": "two words"}]}, "variants.0.name"),
        ({"variants": [{"value": 1, "share": 3}]}, "no such key"),
        ({"variants": [{"value": 1}], "salt": "x"}, "no such key"),
        ({1: 2}, ""),
    ],
)
def test_a_wrong_experiment_is_refused_whole(said: dict[str, object], reason: str) -> None:
    """The flag stays what it was."""
    definitions, refused = defined({"recognition_retry_max": said})
    assert [each.flag for each in refused] == ["recognition_retry_max"]
    assert reason in refused[0].reason
    assert definitions.experiments == {}
    assert definitions.plain.recognition_retry_max == STANDING.recognition_retry_max


def test_an_experiment_that_is_spoilt_goes_on() -> None:
    """As it was before the typo."""
    definitions, refused = defined({"openers_enabled": {"variants": "all"}})
    assert len(refused) == 1
    assert definitions.experiments == BEFORE.experiments


def test_flags_may_vary_together() -> None:
    """Under one name, if they are divided alike; else a record could not tell what a call had."""

    def divided(weight: int) -> dict[str, object]:
        return {
            flag: {
                "experiment": "patience",
                "variants": [
                    {"name": "more", "value": value, "weight": weight if flag == "vad_silence_timeout_ms" else 1},
                    {"name": "less", "value": 300},
                ],
            }
            for flag, value in (("end_of_turn_floor_ms", 250), ("vad_silence_timeout_ms", 700))
        }

    definitions, refused = defined(divided(1))
    assert (len(definitions.experiments), refused) == (2, ())
    definitions, refused = defined(divided(3))
    assert [each.flag for each in refused] == ["vad_silence_timeout_ms"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(said=st.dictionaries(st.sampled_from([*Features.model_fields, "colour", "variants"]), _VALUES, max_size=8))
def test_whatever_is_said_nothing_raises(said: dict[str, object]) -> None:
    """What holds afterwards is made of values that the flags can have."""
    definitions, _ = defined(said)
    assert Features.model_validate(definitions.plain.model_dump()) == definitions.plain
    for flag, experiment in definitions.experiments.items():
        for variant in experiment.variants:
            Features.model_validate({flag: variant.value})

"""What a setting of App Configuration says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flags.source import Unusable
from providers.feature_flags import KEY_PREFIX, flag_of

FEATURE = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8"
VARIANTS = [{"name": "with", "configuration_value": True}, {"name": "without", "configuration_value": False}]


def feature(**fields: object) -> object:
    """What a feature flag says; Unusable as its reason."""
    found = flag_of(f"{KEY_PREFIX}openers_enabled", json.dumps({"id": "openers_enabled", **fields}), FEATURE)
    if found is None:
        return None
    assert found[0] == "openers_enabled"
    return found[1].reason if isinstance(found[1], Unusable) else found[1]


@pytest.mark.parametrize(
    ("value", "content_type", "said"),
    [
        ("0.7", None, "0.7"),
        ("0.7", "text/plain", "0.7"),
        ("0.7", "application/json", 0.7),
        ("true", "application/json;charset=utf-8", True),
        ('{"variants": [{"value": 1}]}', "", {"variants": [{"value": 1}]}),
        (None, None, ""),
        ("{", None, Unusable("is no JSON")),
        ("[" * 100_000, "application/json", Unusable("is no JSON")),
        ("{}", "application/vnd.microsoft.appconfig.keyvaultref+json", Unusable("is a reference to a secret")),
    ],
)
def test_plain_settings(value: str | None, content_type: str | None, said: object) -> None:
    """Text as it stands, JSON as what it means."""
    assert flag_of("vad_threshold", value, content_type) == ("vad_threshold", said)


def test_on_and_off() -> None:
    """Without variants that is all there is."""
    assert feature(enabled=True) is True
    assert feature(enabled=False, conditions={"client_filters": []}) is False
    assert feature(enabled=True, conditions={"client_filters": [{"name": "Microsoft.Targeting"}]}) == (
        "has filters, which are not looked at here"
    )


@pytest.mark.parametrize(
    ("allocation", "weights"),
    [
        ({"percentile": [{"variant": "without", "from": 0, "to": 10}], "default_when_enabled": "with"}, (10, 90)),
        (
            {
                "percentile": [
                    {"variant": "without", "from": 0, "to": 25},
                    {"variant": "with", "from": 25, "to": 50},
                    {"variant": "without", "from": 50, "to": 100},
                ]
            },
            (75, 25),
        ),
    ],
)
def test_an_allocation_is_an_experiment(allocation: dict[str, object], weights: tuple[float, float]) -> None:
    """Each variant with its share, and who is left over with the default."""
    assert feature(enabled=True, variants=VARIANTS, allocation=allocation) == {
        "experiment": "openers_enabled",
        "variants": [
            {"name": "without", "value": False, "weight": weights[0]},
            {"name": "with", "value": True, "weight": weights[1]},
        ],
    }


def test_another_seed_deals_anew() -> None:
    """It is the name that callers are dealt by; one that is no word is not taken."""
    allocation = {"percentile": [{"variant": "without", "from": 0, "to": 10}], "default_when_enabled": "with"}
    for seed, name in (("again", "again"), ("a b", "openers_enabled")):
        said = feature(enabled=True, variants=VARIANTS, allocation={**allocation, "seed": seed})
        assert isinstance(said, dict)
        assert said["experiment"] == name


def test_one_variant_for_all_is_a_value() -> None:
    """And a disabled flag says what it says for that, or nothing."""
    assert feature(enabled=True, variants=VARIANTS, allocation={"default_when_enabled": "without"}) is False
    assert feature(enabled=False, variants=VARIANTS, allocation={"default_when_disabled": "with"}) is True
    assert feature(enabled=False, variants=VARIANTS) is None


@pytest.mark.parametrize(
    ("allocation", "reason"),
    [
        ({"user": [{"variant": "with", "users": ["ann"]}]}, "user or group"),
        ({"percentile": [{"variant": "with", "from": 0, "to": 10}]}, "allocates to nobody"),
        ({"percentile": [{"variant": "with", "from": 0, "to": 80}] * 2}, "more than there is"),
        (
            {"percentile": [{"variant": "with", "from": 80, "to": 20}], "default_when_enabled": "with"},
            "more than there is",
        ),
        ({"default_when_enabled": "nobody"}, "does not have"),
        ({}, "allocates to nobody"),
        ({"percentile": "all"}, "allocation.percentile"),
    ],
)
def test_what_makes_no_sense_is_named(allocation: dict[str, object], reason: str) -> None:
    """It stays what it was."""
    assert reason in str(feature(enabled=True, variants=VARIANTS, allocation=allocation))


def test_a_disabled_flag_may_be_wrong_too() -> None:
    """Whoever turns it off should not be surprised."""
    assert "does not have" in str(feature(enabled=False, variants=VARIANTS, allocation={"default_when_disabled": "x"}))


@given(value=st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_stands_there_nothing_raises(value: str) -> None:
    """Nor does it for feature flags."""
    flag_of("x", value, "application/json")
    flag_of(f"{KEY_PREFIX}x", value, FEATURE)
    flag_of(f"{KEY_PREFIX}x", json.dumps({"enabled": True, "variants": value, "allocation": value}), FEATURE)

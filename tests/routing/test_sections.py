"""What a configuration says of human agents."""

import pytest
from pydantic import ValidationError

from routing.model_scorer import POST_PROMPT, PRE_PROMPT, ScoringSettings
from routing.scoring import INDICATORS, Indicator
from routing.sections import RoutingConfig, ScoringConfig


def test_the_defaults_are_those_of_the_quickstart() -> None:
    """1.5, 0.5 and 10:00, its prompts, and nobody to hand callers to."""
    settings = ScoringConfig().settings
    assert settings == ScoringSettings(INDICATORS, PRE_PROMPT, POST_PROMPT, 1.5)
    assert [(each.label, each.default) for each in settings.indicators] == [
        ("CSAT", 1.5),
        ("Outcome", 0.5),
        ("AHT", "10:00"),
    ]
    assert RoutingConfig().mode == "off"


def test_further_labels() -> None:
    """Are named, and replace those that are there."""
    config = ScoringConfig.model_validate(
        {
            "indicators": [
                {"label": "Years", "default": 0, "best": 10, "weight": 2},
                {"label": "Languages", "matches": "Lang"},
            ]
        }
    )
    assert config.settings.indicators == (
        Indicator("Years", 0, worst=0, best=10, weight=2.0),
        Indicator("Languages", matches="Lang"),
    )


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ({"scoring": {"indicators": []}}, "there is none"),
        ({"scoring": {"indicators": [{"label": "A", "default": "good"}]}}, "A: default is neither"),
        ({"scoring": {"timeout_sec": 60}}, "less than or equal to 8"),
        ({"queue": "with space"}, "queue"),
        ({"score_url": "ftp://x"}, "score_url"),
        ({"offer_expires_sec": 0}, "offer_expires_sec"),
    ],
)
def test_what_cannot_be(section: dict[str, object], problem: str) -> None:
    """Is refused at the start: a scorer must answer before its time with the router is over."""
    with pytest.raises(ValidationError, match=problem):
        RoutingConfig.model_validate(section)

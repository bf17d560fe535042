"""What a configuration says of human agents."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, model_validator

from agent.sections import Section
from routing.errors import InvalidSetup
from routing.model_scorer import POST_PROMPT, PRE_PROMPT, ScoringSettings
from routing.scoring import INDICATORS, Indicator, check

LabelValue = bool | int | float | str
_Id = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]


class IndicatorConfig(Section):
    """A label of workers that says how well they do. Values are numbers, or times as mm:ss or hh:mm:ss."""

    label: str = Field(min_length=1, max_length=64)
    default: LabelValue = ""
    """For a worker without this label."""
    worst: LabelValue = 0
    best: LabelValue = 1
    """May be less than ``worst``: then less is better."""
    unknown: LabelValue | None = None
    """A value that says nothing, as 00:00 does of a handling time."""
    weight: float = Field(default=1.0, gt=0)
    matches: str = ""
    """A label of the job instead of worst and best: who has its value, or has it in a list with commas, is best."""

    @property
    def indicator(self) -> Indicator:
        """For the scorers."""
        return Indicator(**self.model_dump())


def _seeded() -> tuple[IndicatorConfig, ...]:
    return tuple(
        IndicatorConfig(label=each.label, default=each.default, worst=each.worst, best=each.best, unknown=each.unknown)
        for each in INDICATORS
    )


class ScoringConfig(Section):
    """Who suits a caller best: a language model says so, when one is configured in ``llm``; else a formula."""

    use_model: bool = True
    """False: the formula alone."""
    timeout_sec: float = Field(default=1.5, gt=0, le=8)
    """For the model; then the formula answers: a caller waits."""
    pre_prompt: str = Field(default=PRE_PROMPT, min_length=1)
    """What the model reads before the workers and their labels."""
    post_prompt: str = Field(default=POST_PROMPT, min_length=1)
    """What it reads after them. Scores may come as numbers, or as ``{"score": 0.8, "reason": "…"}``."""
    indicators: tuple[IndicatorConfig, ...] = Field(default_factory=_seeded)
    """CSAT, Outcome and AHT unless others are named; those who are named replace them."""

    @model_validator(mode="after")
    def _can_be_computed_with(self) -> "ScoringConfig":
        try:
            check(self.settings.indicators)
        except InvalidSetup as error:
            raise ValueError(f"indicators: {error}") from error
        return self

    @property
    def settings(self) -> ScoringSettings:
        """For the scorers."""
        indicators = tuple(each.indicator for each in self.indicators)
        return ScoringSettings(indicators, self.pre_prompt, self.post_prompt, self.timeout_sec)


class RoutingConfig(Section):
    """Human agents, and which of them a caller is handed to."""

    mode: Literal["off", "embedded", "azure"] = "off"
    """``embedded``: in this process, on the database. ``azure``: the Job Router of the Communication Services."""
    queue: _Id = "antiphon"
    """Where callers wait who want a human."""
    policy: _Id = "antiphon-best-worker"
    """How they are offered to workers."""
    offer_expires_sec: float = Field(default=30, ge=5, le=3_600)
    """How long a worker may let it ring; then the next is asked, and they are taken off."""
    wait_limit_sec: float = Field(default=120, ge=5, le=3_600)
    """How long somebody is looked for while a caller waits; then they are told that nobody is free."""
    concurrent_offers: int = Field(default=1, ge=1, le=100)
    """How many workers are asked at once for one caller."""
    learning_weight: float = Field(default=0.1, ge=0, le=1)
    """How much one call changes the labels of the human who took it over; 0: they stay as they were set up."""
    workers_path: Path | None = None
    """A YAML file of workers, for ``python server.py router setup``: see docs/human-agents.md."""
    score_key: SecretStr = SecretStr("")
    """Opens ``POST /router/score``, by ``x-functions-key`` or ``?code=``. Empty: there is no such address."""
    score_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """Where Job Router reaches that address; empty: server.public_url/router/score."""
    score_batch_size: int = Field(default=20, ge=0, le=100)
    """How many workers Job Router scores with one request; 0: one by one."""
    scoring: ScoringConfig = ScoringConfig()

"""From what a source says to what can be used. Pure.

A value is that of the flag for everybody, or divides the callers:

    answer_soft_timeout_sec: 2.5
    openers_enabled:
      experiment: openers          # empty: the flag's name
      variants:
        - {name: with, value: true, weight: 90}
        - {name: without, value: false, weight: 10}

What cannot be used is refused, with a reason, and the flag stays what it was: a typo in a
live source must not change calls, let alone end them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flags.experiments import Experiment, Variant
from flags.features import Features
from flags.records import FlagRefused
from flags.source import Unusable

MOST_VARIANTS: Final = 10
"""Each is a label of the metrics."""
OLDER_NAMES: Final = MappingProxyType({"voice_recognition_retry_max": "recognition_retry_max"})
"""What call-center-ai has called a flag before."""

_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]


@dataclass(frozen=True, slots=True)
class Definitions:
    """What holds now, for everybody; replaced as a whole, never changed."""

    plain: Features
    """The flags that are the same for everybody; those of experiments as they are without one."""
    experiments: Mapping[str, Experiment]
    """By flag."""


class _VariantRead(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Word | None = None
    value: bool | int | float | str
    weight: float = Field(default=1, ge=0, le=1_000_000, allow_inf_nan=False)


class _ExperimentRead(BaseModel):
    model_config = ConfigDict(extra="forbid")

    experiment: _Word | None = None
    variants: list[_VariantRead] = Field(min_length=1, max_length=MOST_VARIANTS)


class _Refusal(Exception):
    """Why something cannot be used."""


def standing_definitions(standing: Features) -> Definitions:
    """What holds where no source says anything."""
    return Definitions(standing, MappingProxyType({}))


def define(
    said: Mapping[str, object], *, source: str, standing: Features, before: Definitions
) -> tuple[Definitions, tuple[FlagRefused, ...]]:
    """What holds after a source has said this.

    Args:
        said: See ``FlagSource.read``.
        source: Its name, for the records.
        standing: What holds of flags that it does not name.
        before: What held until now, and goes on to hold where it says what cannot be used.

    Returns:
        ``before`` itself when nothing has changed, and what was refused.
    """
    values: dict[str, object] = {}
    experiments: dict[str, Experiment] = {}
    refused: list[FlagRefused] = []
    for name, value in said.items():
        flag = OLDER_NAMES.get(name, name)
        if flag != name and flag in said:
            continue  # both: the newer name counts
        try:
            if flag not in Features.model_fields:
                raise _Refusal("there is no such flag")
            if isinstance(value, Mapping):
                experiments[flag] = _experiment(flag, value, experiments.values())
            else:
                values[flag] = _value(flag, value)
        except _Refusal as refusal:
            refused.append(FlagRefused(source, name, str(refusal)))
            if flag in before.experiments:
                experiments[flag] = before.experiments[flag]
            elif flag in Features.model_fields:
                values[flag] = getattr(before.plain, flag)
    now = Definitions(standing.model_copy(update=values), MappingProxyType(experiments))
    return (before if now == before else now), tuple(refused)


def changed_flags(before: Definitions, now: Definitions) -> tuple[str, ...]:
    """The names of the flags that are others now."""
    return tuple(
        flag
        for flag in Features.model_fields
        if getattr(before.plain, flag) != getattr(now.plain, flag)
        or before.experiments.get(flag) != now.experiments.get(flag)
    )


def _value(flag: str, value: object) -> object:
    """The value as the flag's type. Raises ``_Refusal``."""
    if isinstance(value, Unusable):
        raise _Refusal(value.reason)
    if isinstance(value, bool) and Features.model_fields[flag].annotation is not bool:
        raise _Refusal("is a number, not true or false")
    try:
        parsed: object = getattr(Features.model_validate({flag: value}), flag)
    except ValidationError as error:
        raise _Refusal(_explained(error)) from error
    if isinstance(parsed, float) and not math.isfinite(parsed):
        raise _Refusal("is no finite number")
    return parsed


def _experiment(flag: str, said: Mapping[Any, object], others: Iterable[Experiment]) -> Experiment:
    """An experiment whose every value the flag can have. Raises ``_Refusal``."""
    try:
        read = _ExperimentRead.model_validate(dict(said))
    except ValidationError as error:
        raise _Refusal(_explained(error)) from error
    variants = tuple(
        Variant(each.name or _name_of(each.value), _value(flag, each.value), each.weight) for each in read.variants
    )
    names = [variant.name for variant in variants]
    if len(set(names)) < len(names):
        raise _Refusal("two variants have the same name")
    if not any(variant.weight for variant in variants):
        raise _Refusal("no variant has a weight")
    experiment = Experiment(read.experiment or flag, variants)
    if any(other.name == experiment.name and not experiment.divides_like(other) for other in others):
        raise _Refusal("another flag has an experiment of this name, with other variants or weights")
    return experiment


def _name_of(value: object) -> str:
    name = str(value).lower() if isinstance(value, bool) else str(value)
    if not name or len(name) > 40 or not all(c.isascii() and (c.isalnum() or c in "_.-") for c in name):
        raise _Refusal("a variant needs a name")
    return name


def _explained(error: ValidationError) -> str:
    """What is wrong, without the value: nobody knows what was pasted there."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"]) if problem["loc"][1:] else ""
    reason = "there is no such key" if problem["type"] == "extra_forbidden" else problem["msg"]
    return f"{place}: {reason}" if place else reason

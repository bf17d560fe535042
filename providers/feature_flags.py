"""Settings of Azure App Configuration as flags: plain values, JSON, and the service's own feature flags. Pure.

A feature flag of the service is on or off, or has variants, of which an allocation gives
each its share:

    {"id": "openers_enabled", "enabled": true,
     "variants": [{"name": "with", "configuration_value": true}, {"name": "without", "configuration_value": false}],
     "allocation": {"percentile": [{"variant": "without", "from": 0, "to": 10}], "default_when_enabled": "with"}}

Who gets what is chosen by ``flags.experiments``, by the caller: filters and users, which belong to web pages,
are not looked at.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from flags.source import Unusable

KEY_PREFIX: Final = ".appconfig.featureflag/"
_FEATURE_FLAG: Final = "application/vnd.microsoft.appconfig.ff+json"
_REFERENCE: Final = "application/vnd.microsoft.appconfig.keyvaultref+json"
_EXPERIMENT_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_WHOLE: Final = 100.0

_Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class _Ignoring(BaseModel):
    """The service adds fields as it grows."""


class _Variant(_Ignoring):
    name: str
    configuration_value: Any = None


class _Percentile(_Ignoring):
    variant: str
    first: _Percent = Field(alias="from")
    last: _Percent = Field(alias="to")


class _Allocation(_Ignoring):
    percentile: list[_Percentile] = Field(default_factory=list)
    user: list[Any] = Field(default_factory=list)
    group: list[Any] = Field(default_factory=list)
    default_when_enabled: str | None = None
    default_when_disabled: str | None = None
    seed: str = ""


class _Conditions(_Ignoring):
    client_filters: list[Any] | None = None


class _FeatureFlag(_Ignoring):
    enabled: bool = False
    conditions: _Conditions | None = None
    variants: list[_Variant] | None = None
    allocation: _Allocation | None = None


def flag_of(key: str, value: str | None, content_type: str | None) -> tuple[str, object] | None:
    """The name and the value of the flag that a setting is; None where it says nothing.

    Args:
        key: Of the setting; a feature flag's begins with ``KEY_PREFIX``.
        value: Of the setting.
        content_type: Of the setting.

    Returns:
        The value as ``flags.source.FlagSource.read`` gives it.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind == _REFERENCE:
        return key, Unusable("is a reference to a secret")
    if kind == _FEATURE_FLAG:
        return _feature(key.removeprefix(KEY_PREFIX), value or "")
    text = value or ""
    is_json = kind == "application/json" or kind.endswith("+json") or text.lstrip().startswith("{")
    return key, (_json(text) if is_json else text)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return Unusable("is no JSON")


def _feature(name: str, value: str) -> tuple[str, object] | None:
    content = _json(value)
    if isinstance(content, Unusable):
        return name, content
    try:
        feature = _FeatureFlag.model_validate(content)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        return name, Unusable(f"is no feature flag: {place or 'its form'}")
    if feature.conditions is not None and feature.conditions.client_filters:
        return name, Unusable("has filters, which are not looked at here")
    if not feature.variants:
        return name, feature.enabled
    chosen = _variants(name, feature)
    return None if chosen is None else (name, chosen)


def _variants(name: str, feature: _FeatureFlag) -> object:
    """None: it is disabled, and says nothing for that."""
    values = {variant.name: variant.configuration_value for variant in feature.variants or ()}
    allocation = feature.allocation or _Allocation()
    if not feature.enabled:
        default = allocation.default_when_disabled
        return None if default is None else values.get(default, Unusable("names a variant that it does not have"))
    if allocation.user or allocation.group:
        return Unusable("allocates by user or group, which are not looked at here")
    shares: dict[str, float] = {}
    for each in allocation.percentile:
        shares[each.variant] = shares.get(each.variant, 0.0) + each.last - each.first
    rest = _WHOLE - sum(shares.values())
    if rest < 0 or any(share < 0 for share in shares.values()):
        return Unusable("allocates more than there is")
    default = allocation.default_when_enabled
    if default is not None:
        shares[default] = shares.get(default, 0.0) + rest
    elif rest > 0:
        return Unusable("does not say what holds for those whom it allocates to nobody")
    if not shares.keys() <= values.keys():
        return Unusable("names a variant that it does not have")
    return _experiment(name, values, shares, allocation.seed)


def _experiment(name: str, values: Mapping[str, Any], shares: Mapping[str, float], seed: str) -> object:
    if len(shares) == 1:
        return values[next(iter(shares))]  # the same for everybody
    return {
        # Who is dealt anew, by another seed, is in another experiment.
        "experiment": seed if _EXPERIMENT_NAME.fullmatch(seed) else name,
        "variants": [{"name": each, "value": values[each], "weight": share} for each, share in shares.items()],
    }

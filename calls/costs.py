"""What a call costs, from what is kept of it and from prices. Pure.

The services tell us of tokens alone; the rest is derived, and marked as an estimate:

    kind             from
    telephone        the call from its answer on; with ringing where nobody knows the answer; not of a browser
    recording        of the telephone service, from its start to the end of the call
    speech_to_text   the same minutes as the telephone: all of a call is listened to
    text_to_speech   the characters of our answers, and of what of them was cut off
    model            tokens, as its service told them, or as they were counted here
    sms              the parts that a text message of this length is sent in, both ways

A service that is not used costs nothing: its price is 0. What is paid by the month
(machines, database, search) is the cost of no call.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from agent.budget import KNOWN_PRICES, Budget, Limits, Price
from agent.facts import ModelUsage, Spent
from stores.call_work import CostRecord
from stores.records import CallHistory, LineKind, MessageRecord, UsageRecord

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("^{}\\[~]|€\f")
"""Of GSM 03.38: sent as two characters."""
_MILLION: Final = 1_000_000
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


class ServicePrices(BaseModel):
    """Of what is no model, in US dollars.

    The defaults are those of call-center-ai's README (December 2024, West Europe), which has
    none for text messages: that is the list price of Azure in the United States. Numbers,
    telephone minutes of the network and taxes are not in them: add them here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    telephone_minute: float = Field(default=0.004, ge=0, allow_inf_nan=False)
    """Audio streaming."""
    recording_minute: float = Field(default=0.002, ge=0, allow_inf_nan=False)
    """By the telephone service. Our own recording costs nothing."""
    speech_to_text_hour: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    text_to_speech_million_characters: float = Field(default=15.0, ge=0, allow_inf_nan=False)
    sms: float = Field(default=0.0075, ge=0, allow_inf_nan=False)
    """Each part of a text message, sent or received."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Of everything."""

    services: ServicePrices = field(default_factory=ServicePrices)
    models: Mapping[str, Price] = field(default_factory=lambda: KNOWN_PRICES)
    """By model, as it is configured; one without costs what the dearest does."""


class CostKind(StrEnum):
    """What is paid for."""

    TELEPHONE = "telephone"
    RECORDING = "recording"
    SPEECH_TO_TEXT = "speech_to_text"
    TEXT_TO_SPEECH = "text_to_speech"
    MODEL = "model"
    SMS = "sms"


class CostUnit(StrEnum):
    """What is counted."""

    MINUTE = "minute"
    CHARACTER = "character"
    TOKEN = "token"
    PART = "part"
    """Of a text message."""


@dataclass(frozen=True, slots=True)
class CostItem:
    """One line of a bill."""

    kind: CostKind
    unit: CostUnit
    quantity: float
    usd: float
    is_estimate: bool = True
    model: str = ""
    """Which one; empty where none is meant."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A bill. What there was nothing of has no line."""

    items: tuple[CostItem, ...] = ()

    @property
    def total_usd(self) -> float:
        """In US dollars."""
        return math.fsum(item.usd for item in self.items)

    @property
    def is_estimate(self) -> bool:
        """Whether any line is one."""
        return any(item.is_estimate for item in self.items)


def call_cost(history: CallHistory, prices: Prices, now: datetime) -> Cost:
    """What a call costs; of one that is up, what it has cost so far.

    Args:
        history: Its call, messages, recordings and usages are looked at.
        prices: See there.
        now: Timezone-aware.
    """
    services = prices.services
    minutes = _answered_minutes(history, now)
    recorded = _recorded_minutes(history, now)
    characters = sum(
        spoken_characters(each.text) + spoken_characters(each.unheard_text)
        for each in history.messages
        if _is_spoken(each)
    )
    parts = sum(sms_parts(each.text) for each in history.messages if each.action == "sms")
    hours = minutes / 60
    telephoned = minutes if history.call.line is LineKind.TELEPHONE else 0.0
    items = (
        CostItem(CostKind.TELEPHONE, CostUnit.MINUTE, telephoned, telephoned * services.telephone_minute),
        CostItem(CostKind.RECORDING, CostUnit.MINUTE, recorded, recorded * services.recording_minute),
        CostItem(CostKind.SPEECH_TO_TEXT, CostUnit.MINUTE, minutes, hours * services.speech_to_text_hour),
        CostItem(
            CostKind.TEXT_TO_SPEECH,
            CostUnit.CHARACTER,
            characters,
            characters * services.text_to_speech_million_characters / _MILLION,
        ),
        *_model_items(history.usages, prices.models),
        CostItem(CostKind.SMS, CostUnit.PART, parts, parts * services.sms),
    )
    return Cost(tuple(item for item in items if item.quantity))


def cost_record(history: CallHistory, prices: Prices, made_at: datetime) -> CostRecord:
    """The bill as it is kept, by the prices of now: what a call has cost does not change with them."""
    items = call_cost(history, prices, made_at).items
    usd = {kind: math.fsum(item.usd for item in items if item.kind is kind) for kind in CostKind}
    quantity = {item.kind: item.quantity for item in items}
    return CostRecord(
        history.call.call_id,
        made_at,
        minutes=quantity.get(CostKind.SPEECH_TO_TEXT, 0.0),
        prompt_tokens=sum(usage.prompt_tokens for usage in history.usages),
        completion_tokens=sum(usage.completion_tokens for usage in history.usages),
        cached_tokens=sum(usage.cached_tokens for usage in history.usages),
        spoken_characters=int(quantity.get(CostKind.TEXT_TO_SPEECH, 0)),
        telephone_usd=usd[CostKind.TELEPHONE] + usd[CostKind.RECORDING] + usd[CostKind.SMS],
        hearing_usd=usd[CostKind.SPEECH_TO_TEXT],
        speaking_usd=usd[CostKind.TEXT_TO_SPEECH],
        models_usd=usd[CostKind.MODEL],
    )


def summed(costs: Iterable[Cost]) -> Cost:
    """One bill of several: a line for each kind and model."""
    found: dict[tuple[CostKind, str], CostItem] = {}
    for item in (item for cost in costs for item in cost.items):
        known = found.get((item.kind, item.model))
        found[item.kind, item.model] = item if known is None else _added(known, item)
    order = list(CostKind)
    return Cost(tuple(sorted(found.values(), key=lambda item: (order.index(item.kind), item.model))))


def spoken_characters(text: str) -> int:
    """As voices are paid for: a Chinese character counts twice."""
    return len(text) + len(_HAN.findall(text))


def sms_parts(text: str) -> int:
    """How many parts a text message is sent in: of 160 characters (153 when there are several), or of 70 (67)."""
    text = unicodedata.normalize("NFC", text)
    if all(each in _GSM or each in _GSM_TWICE for each in text):
        length, alone, several = len(text) + sum(each in _GSM_TWICE for each in text), 160, 153
    else:
        length, alone, several = len(text.encode("utf-16-le", "replace")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / several)


def _added(first: CostItem, second: CostItem) -> CostItem:
    return CostItem(
        first.kind,
        first.unit,
        first.quantity + second.quantity,
        first.usd + second.usd,
        first.is_estimate or second.is_estimate,
        first.model,
    )


def _is_spoken(message: MessageRecord) -> bool:
    return message.persona == "assistant" and message.action != "sms"


def _answered_minutes(history: CallHistory, now: datetime) -> float:
    """From the answer to the end. A call in which nothing was said by us was not answered: we always greet."""
    if not any(_is_spoken(each) for each in history.messages):
        return 0.0
    call = history.call
    lasted_s = ((call.ended_at or now) - call.started_at).total_seconds()
    return max(0.0, lasted_s - (call.ring_to_answer_ms or 0.0) / 1000) / 60


def _recorded_minutes(history: CallHistory, now: datetime) -> float:
    end = history.call.ended_at or now
    return math.fsum(max(0.0, (end - each.started_at).total_seconds()) for each in history.recordings) / 60


def _model_items(usages: Sequence[UsageRecord], prices: Mapping[str, Price]) -> Iterable[CostItem]:
    budget = Budget(Limits(), prices)
    for model in sorted({usage.model for usage in usages}):
        own = [usage for usage in usages if usage.model == model]
        spent = Spent(
            by_model=tuple(
                ModelUsage(each.model, each.prompt_tokens, each.completion_tokens, each.cached_tokens) for each in own
            )
        )
        tokens = sum(each.prompt_tokens + each.completion_tokens for each in own)
        is_estimate = model not in prices or any(each.is_estimated for each in own)
        yield CostItem(CostKind.MODEL, CostUnit.TOKEN, tokens, budget.cost_usd(spent), is_estimate, model)

"""Whether a call is an example that a language model could be trained with. Pure.

This only marks it: what is exported, and what of it is replaced, is decided there.
"""

from typing import Final

from agent.dialogue import Persona
from calls.events import EndReason
from stores.records import REPLICA_LOST, CallHistory, Satisfaction, SynthesisRecord

FIT: Final = "fit"
_FEWEST_EXCHANGES: Final = 2
_UNHAPPY: Final = frozenset({Satisfaction.TERRIBLE, Satisfaction.LOW})
_BROKEN: Final = frozenset({EndReason.FAILED.value, EndReason.LINE_LOST.value, EndReason.NO_MEDIA.value, REPLICA_LOST})


def training_mark(history: CallHistory, synthesis: SynthesisRecord) -> str:
    """``fit``, or why the call is no example: a few words of ours."""
    answers = sum(message.persona == Persona.ASSISTANT.value for message in history.messages)
    turns = sum(message.persona == Persona.CALLER.value for message in history.messages)
    if min(answers, turns) < _FEWEST_EXCHANGES:
        return "too short"
    if history.call.end_reason in _BROKEN:
        return "broken off"
    if synthesis.satisfaction in _UNHAPPY:
        return "the caller was not satisfied"
    return FIT

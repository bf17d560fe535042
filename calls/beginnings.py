"""When that began which is now said or heard to its end. Sans-IO.

Records of what was said come at its end; a listener who wants to find it in the recording
needs its beginning, which earlier records of the same turn tell.
"""

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.records import AssistantSaid, AssistantSpeaking, CallerHeard, ConversationEnded, Record

_MOST_TURNS = 4
"""Of one call and one side: what the caller said last is still unsettled when the next turn begins."""


@dataclass(slots=True)
class _Call:
    caller: dict[int, datetime] = field(default_factory=dict)
    assistant: dict[int, datetime] = field(default_factory=dict)


class Beginnings:
    """Remembers of each call that is up when the latest turns began. Overflow: the oldest turn is forgotten."""

    def __init__(self) -> None:
        self._calls: dict[str, _Call] = {}

    def note(self, record: Record) -> None:
        """Look at a record, in the order in which they come."""
        match record:
            case CallerHeard(is_final=False, text=text) if text:
                _begin(self._calls.setdefault(record.call_id, _Call()).caller, record.turn, record.at)
            case AssistantSpeaking():
                _begin(self._calls.setdefault(record.call_id, _Call()).assistant, record.turn, record.at)
            case ConversationEnded():
                self._calls.pop(record.call_id, None)
            case _:
                pass

    def take(self, record: CallerHeard | AssistantSaid) -> datetime | None:
        """When this began, never after its end; None: no record told. What is said later in this turn begins anew."""
        call = self._calls.get(record.call_id)
        if call is None:
            return None
        side = call.assistant if isinstance(record, AssistantSaid) else call.caller
        began_at = side.pop(record.turn, None)
        return None if began_at is None else min(began_at, record.at)


def _begin(turns: dict[int, datetime], turn: int, at: datetime) -> None:
    turns.setdefault(turn, at)
    while len(turns) > _MOST_TURNS:
        del turns[min(turns)]

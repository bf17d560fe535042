"""An observer that keeps what the benchmarks ask for."""

import time

from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    BargedIn,
    FalseAlarm,
    FramesCounted,
    Record,
    ReplyPrepared,
    StageFailed,
)

_TOLD = (AnswerMeasured, AssistantSaid, BargedIn, FalseAlarm, ReplyPrepared)


class Kept:
    """An observer that keeps what the benchmarks ask for."""

    def __init__(self) -> None:
        self.answers: dict[str, list[AnswerMeasured]] = {}
        self.told: dict[str, list[tuple[float, Record]]] = {}
        """What turn-taking tells of each call, with the monotonic second."""
        self.totals = {"frames_in": 0, "frames_out": 0, "rejected": 0, "barge_ins": 0, "failures": 0}

    def observe(self, record: Record) -> None:
        """Count, or keep."""
        if isinstance(record, _TOLD):
            self.told.setdefault(record.call_id, []).append((time.monotonic(), record))
        match record:
            case AnswerMeasured():
                self.answers.setdefault(record.call_id, []).append(record)
            case FramesCounted():
                self.totals["frames_in"] += record.frames_in
                self.totals["frames_out"] += record.frames_out
                self.totals["rejected"] += record.messages_rejected
            case BargedIn():
                self.totals["barge_ins"] += 1
            case StageFailed():
                self.totals["failures"] += 1
            case _:
                pass

"""Several observers as one."""

import logging

from pipeline.records import (
    Observer,
    Record,
)
from telemetry.log_lines import key_values


class Observers:
    """One observer that is several: each gets every record, in order.

    One that raises, against its contract, is logged once, and the others are served.
    """

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers
        self._failed: set[int] = set()
        self._logger = logging.getLogger("antiphon.observers")

    def observe(self, record: Record) -> None:
        """Hand the record to everybody."""
        for index, observer in enumerate(self._observers):
            try:
                observer.observe(record)
            except Exception as error:  # noqa: BLE001 - whoever watches must not harm the call
                if index not in self._failed:
                    self._failed.add(index)
                    # Not the error's text: it may quote the record.
                    self._logger.error(
                        "%s",
                        key_values(
                            {
                                "event": "observer_failed",
                                "call_id": record.call_id,
                                "observer": type(observer).__name__,
                                "record": type(record).__name__,
                                "error": type(error).__name__,
                                "at": _place(error),
                            }
                        ),
                    )


def _place(error: Exception) -> str:
    """The module and line that raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"

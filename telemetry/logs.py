"""Where log lines go."""

import logging
import sys
import time

OWN_LOGGERS = (
    "antiphon", "server", "telemetry", "web", "providers", "calls", "pipeline", "agent", "vad", "stores", "media",
    "uvicorn.error",
)  # fmt: skip
"""Loggers that follow the level of the configuration. Others speak from WARNING on only:
at DEBUG, drivers and clients print what they send, and an access log prints the numbers
that were searched for."""


def configure_logging(level: str) -> None:
    """Send log lines to standard error, one a line: ``time LEVEL logger message``.

    Call it once, at the start; again replaces what it did before.

    Args:
        level: DEBUG, INFO, WARNING or ERROR, for the program's own loggers. The access
            log of the web server is not among them.

    Raises:
        ValueError: There is no such level.
    """
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)-7s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(level.upper())

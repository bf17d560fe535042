"""What can go wrong in the pretended telephone network.

    EmulatorError
    ├── RequestRefused      a REST request that the service would not take
    │   └── Unauthorized    …because its signature is wrong
    ├── ProtocolViolation   a media message that the service would not take
    ├── ScenarioError       a scenario file that cannot be read; names the key
    ├── HandshakeFailed     the webhook did not prove that it wants events
    ├── DeliveryFailed      an event was not taken, however often it was sent
    ├── UnconsumedFault     something scripted that never happened: the test is wrong
    └── ScriptNotFollowed   a script was not consumed to its end, or asked for more than it has

The first two are faults of the server under test.
"""


class EmulatorError(Exception):
    """Base of all errors of this package."""


class RequestRefused(EmulatorError):
    """A request over REST that is answered with an error body.

    Attributes:
        status: The HTTP status.
        code: The service's own code, a string.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Unauthorized(RequestRefused):
    """The request is not signed, or not with our key."""

    def __init__(self, message: str) -> None:
        super().__init__(401, "Unauthorized", message)


class ProtocolViolation(EmulatorError):
    """A message on the media socket that is none of the documented ones."""


class ScenarioError(EmulatorError):
    """A scenario that cannot be read.

    Attributes:
        key: The path of the value that is wrong, as in ``steps[2].at_ms``.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}" if key else reason)
        self.key = key


class HandshakeFailed(EmulatorError):
    """The webhook did not return the validation code."""


class DeliveryFailed(EmulatorError):
    """An event was refused, or not taken in time, at every attempt."""


class UnconsumedFault(EmulatorError):
    """The network was closed before everything scripted had happened."""


class ScriptNotFollowed(EmulatorError):
    """A service was closed with steps of its script left, after a request that it had no step for, or a violation."""

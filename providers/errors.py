"""What can go wrong in the services that we call, before it is told in the words of a port.

ProvidersError
├── WeightsNotFound       a model's file is not installed
├── InferenceFailed       the inference engine refused or broke off a run
├── InferenceClosed       our bug: work was handed to an engine that has been closed
├── CacheUnavailable      the cache that replicas share cannot be used, as far as a check-up asks
├── UnreadableDocument    a file gives no text that could be indexed
├── UnusableIndex         the index of documents cannot be opened, read or written
├── InvalidConnection     what is configured cannot open a service
└── SpeechServiceFailed   Azure Speech refused, or was lost
"""


class ProvidersError(Exception):
    """Base of all errors of this package."""


class WeightsNotFound(ProvidersError):
    """A file that an installed distribution should carry is not there.

    Attributes:
        distribution: The distribution that carries the file.
        ending: How the path of the file ends.
    """

    def __init__(self, distribution: str, ending: str, reason: str) -> None:
        super().__init__(
            f"{ending} of the package {distribution} was not found: {reason}. "
            f"Run `make setup`, which installs the packages that uv.lock names."
        )
        self.distribution = distribution
        self.ending = ending


class InferenceFailed(ProvidersError):
    """The inference engine refused a run or broke it off."""


class InferenceClosed(ProvidersError):
    """Work was handed to an engine that has been closed."""

    def __init__(self) -> None:
        super().__init__("the engine has been closed")


class InvalidConnection(ProvidersError):
    """What is configured is no way to a service: a connection string that is none. The message names the key."""


class SpeechServiceFailed(ProvidersError):
    """Azure Speech refused a request, or was lost in the middle of it.

    Attributes:
        code: The SDK's own name for what happened, as in ``AuthenticationFailure``.
        is_permanent: The same request would fail again.
    """

    def __init__(self, code: str, *, is_permanent: bool) -> None:
        super().__init__(f"Azure Speech failed: {code}")
        self.code = code
        self.is_permanent = is_permanent


class UnreadableDocument(ProvidersError):
    """A file gives no text: it is damaged, locked, or made of pictures. The message says which."""


class UnusableIndex(ProvidersError):
    """The index of documents is not there, is none, or is damaged."""


class CacheUnavailable(ProvidersError):
    """The shared cache cannot be reached, or its URL is none. Calls go on without it."""

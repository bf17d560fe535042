"""What can go wrong in the assistant.

AgentError
├── AssistantError          no reply can be had (a service failed or answered nonsense)
│   ├── ContentFiltered     the service will not talk about this: asking another one is no use
│   │   └── Jailbreak       …because somebody tries to talk it out of its instructions
│   └── ModelFailed         a language model failed: another one may answer
│       ├── ModelUnavailable    it cannot be reached, or fails on its side
│       ├── ModelOverloaded     it has too much to do; says when to come back
│       ├── ModelTimedOut       nothing came in time: no first word, or no next one
│       ├── ModelBrokeOff       its answer ended in the middle, or made no sense
│       └── ModelRefused        it does not take our request: key, deployment, form
├── InvalidValue            a claim value was refused, with a reason that can be spoken
└── InvalidSchema           a claim schema that cannot be used

No text of these errors repeats what a service said: it may quote the caller.
"""


class AgentError(Exception):
    """Base of all errors of this package."""


class AssistantError(AgentError):
    """The assistant cannot answer: its service failed. The call goes on."""


class ContentFiltered(AssistantError):
    """A content filter stopped the request or cut the answer. The caller is told so, kindly."""


class Jailbreak(ContentFiltered):
    """The filter takes what was said for an attempt to overturn the instructions."""


class ModelFailed(AssistantError):
    """A language model failed in a way that another one need not."""


class ModelUnavailable(ModelFailed):
    """The service cannot be reached, fails on its own side (5xx), or is not asked since it kept failing."""


class ModelOverloaded(ModelFailed):
    """The service refuses for now (429).

    Attributes:
        retry_after_s: When it wants to be asked again; None if it does not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelTimedOut(ModelFailed):
    """The service took the request, but the first word, or the next one, did not come in time."""


class ModelBrokeOff(ModelFailed):
    """The answer ended before its end, or what came was no answer."""


class ModelRefused(ModelFailed):
    """The service does not take this request from us: a wrong key, an unknown deployment, a bad form.

    Attributes:
        status: Its HTTP status; 0 when there was none.
        code: Its own word for the reason, as in ``model_not_found``; may be empty.
    """

    def __init__(self, message: str, *, status: int = 0, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class InvalidValue(AgentError):
    """A value that does not fit its field.

    Attributes:
        reason: A short clause fit to be read by a model and spoken to a caller.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class InvalidSchema(AgentError):
    """A claim schema that is wrong: two fields of one name, an unknown type."""

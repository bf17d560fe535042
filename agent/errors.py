"""What can go wrong in the assistant.

AgentError
├── AssistantError          no reply can be had (a service failed or answered nonsense)
│   ├── ContentFiltered     the service will not talk about this: asking another one is no use
│   │   └── PromptFiltered  …because of what it was asked, not of what it has said
│   │       └── Jailbreak   …because somebody tries to talk it out of its instructions
│   ├── OverBudget          the call has spent what it may: the script goes on
│   └── ModelFailed         a language model failed: another one may answer
│       ├── ModelUnavailable    it cannot be reached, or fails on its side
│       ├── ModelOverloaded     it has too much to do; says when to come back
│       ├── ModelTimedOut       nothing came in time: no first word, or no next one
│       ├── ModelBrokeOff       its answer ended in the middle, or made no sense
│       └── ModelRefused        it does not take our request: key, deployment, form
├── TranslationFailed       texts cannot be translated: the originals are said
├── SearchFailed            documents cannot be searched: the call goes on without them
├── InvalidValue            a claim value was refused, with a reason that can be spoken
├── InvalidSchema           a claim schema that cannot be used
├── InvalidTexts            a text of ours was replaced by one that cannot be said
└── InvalidTerm             a word of the block list that cannot be found

No text of these errors repeats what a service said: it may quote the caller.
"""

from enum import StrEnum


class AgentError(Exception):
    """Base of all errors of this package."""


class AssistantError(AgentError):
    """The assistant cannot answer: its service failed. The call goes on."""


class ContentFiltered(AssistantError):
    """A content filter stopped the request or cut the answer. The caller is told so, kindly."""


class PromptFiltered(ContentFiltered):
    """The filter stopped the request itself: with the same words in it, every later one would be stopped, too."""


class Jailbreak(PromptFiltered):
    """The filter takes what was said for an attempt to overturn the instructions."""


class OverBudget(AssistantError):
    """The call has spent its budget: no model is asked any more.

    Attributes:
        limit: Which of its limits, an ``agent.budget.Limit``.
    """

    def __init__(self, limit: str) -> None:
        super().__init__(f"the budget of the call is spent: {limit}")
        self.limit = limit


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


class Refusal(StrEnum):
    """Why a value is refused, as it is told to a model; ``Texts.refusal`` tells it to a caller."""

    NOTHING_SAID = "I did not hear anything"
    NO_DATE = "I did not understand the date and time"
    NO_AT_SIGN = "an e-mail address needs an at sign"
    INCOMPLETE_ADDRESS = "that is not a complete e-mail address"
    NO_DIGITS = "I did not hear a phone number"
    NUMBER_TOO_SHORT = "that number is too short for a phone number"
    NUMBER_TOO_LONG = "that number is too long for a phone number"
    NOT_A_NUMBER = "that does not seem to be a phone number"


class SearchFailed(AgentError):
    """The documents cannot be searched, now or at all.

    Attributes:
        is_permanent: The same request would fail again: a wrong key, no such index, a damaged file.
        status: The HTTP status of a service; 0 where there is none.
    """

    def __init__(self, message: str, *, is_permanent: bool = False, status: int = 0) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent
        self.status = status


class TranslationFailed(AgentError):
    """Texts cannot be translated, now or at all.

    Attributes:
        is_permanent: The same request would fail again: a wrong key, an unknown language.
        status: The HTTP status of the service; 0 where there is none.
    """

    def __init__(self, message: str, *, is_permanent: bool = False, status: int = 0) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent
        self.status = status


class InvalidValue(AgentError):
    """A value that does not fit its field.

    Attributes:
        reason: A short clause in English, fit to be read by a model.
        refusal: The reason, when it is one of ours: it can be spoken in each of our languages.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = str(reason)
        self.refusal = reason if isinstance(reason, Refusal) else None


class InvalidSchema(AgentError):
    """A claim schema that is wrong: two fields of one name, an unknown type."""


class InvalidTexts(AgentError):
    """A text of ours was to be replaced by one that cannot be said.

    Attributes:
        key: Which text.
    """

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key


class InvalidTerm(AgentError):
    """A word of the block list that nothing could be compared with.

    Attributes:
        term: As it was configured.
    """

    def __init__(self, term: str, problem: str) -> None:
        super().__init__(f"{term!r} {problem}")
        self.term = term

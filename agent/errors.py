"""What can go wrong in the assistant.

AgentError
├── AssistantError   no reply can be had (a service failed or answered nonsense)
├── InvalidValue     a claim value was refused, with a reason that can be spoken
└── InvalidSchema    a claim schema that cannot be used
"""


class AgentError(Exception):
    """Base of all errors of this package."""


class AssistantError(AgentError):
    """The assistant cannot answer: its service failed. The call goes on."""


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

"""What a company writes for the language model: templates in the places of ours.

Placeholders are those of call-center-ai. What changes from turn to turn (the date, the
values of the claim, the reminders) does not stand in their place, but at the end of each
prompt, and a word there says so: the beginning of a prompt stays the same, and services
need not read it again. Whatever a company writes, the guard's rules stand behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from textwrap import dedent
from typing import Final

from agent.errors import InvalidTexts

OUR_DEFAULT_SYSTEM: Final = "You are {bot_name}, who answers the phone of {bot_company}. {task}"
OUR_CHAT_SYSTEM: Final = """\
How you talk:
- You are heard, not read: no lists, no markup, no emoji, no abbreviations.
- At most two short sentences in a reply. The first one has at most five words.
- One question at a time. Say back what you have understood, in brief.
- Speak {default_lang}, whatever the tools answer.
- The caller's words come from a speech recogniser: if they make no sense, ask again.

What you do:
- Find out the values of the claim below. Store each one with the tool as soon as it was told.
- Never claim to have stored what the tool has refused. Never invent a value.
- When nothing is missing, sum up in one sentence and ask whether it is right."""
_AT_THE_END: Final[Mapping[str, str]] = {
    "date": "the date that is told at the end",
    "claim": "its fields are listed below; what is known of them is told at the end",
    "reminders": "told at the end, if there are any",
}
"""What stands in the place of a value that changes."""
_OF_THE_CALL: Final = frozenset({"bot_name", "bot_company", "bot_phone_number", "phone_number", "task", "default_lang"})
_OF_THE_STYLE: Final[Mapping[str, str]] = {"actions": "talk, sms", "styles": "none"}
"""We write no such prefixes: whoever lists them shows the model that there is no choice."""
_AFTER_THE_CALL: Final = frozenset({"claim", "messages", "reminders", "task"})
PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "default_system_tpl": _OF_THE_CALL | _AT_THE_END.keys(),
    "chat_system_tpl": _OF_THE_CALL | _AT_THE_END.keys() | _OF_THE_STYLE.keys(),
}
"""What may stand in each template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTexts:
    """The templates of one company, each checked."""

    default_system: str = OUR_DEFAULT_SYSTEM
    """Who the assistant is."""
    chat_system: str = OUR_CHAT_SYSTEM
    """How it talks, and what it does."""
    own_number: str = ""
    """Of the company's line, E.164."""

    def filled(
        self, *, bot_name: str, company: str, task: str, language_name: str, caller_number: str = ""
    ) -> tuple[str, str]:
        """Who the assistant is, and how it behaves. Values are not taken for templates."""
        values = {
            **_AT_THE_END,
            **_OF_THE_STYLE,
            "bot_name": bot_name,
            "bot_company": company,
            "bot_phone_number": self.own_number or "not known",
            "phone_number": caller_number or "a number that is withheld",
            "task": task,
            "default_lang": language_name,
        }
        return self.default_system.format(**values), self.chat_system.format(**values)

    @property
    def company_texts(self) -> tuple[str, ...]:
        """What of it the company has written."""
        texts = ((self.default_system, OUR_DEFAULT_SYSTEM), (self.chat_system, OUR_CHAT_SYSTEM))
        return tuple(text for text, ours in texts if text != ours)


def checked_template(key: str, text: str) -> str:
    r"""Give a template without its indentation; ``\n``, as environment variables have it, is a line end.

    Args:
        key: Its name, one of ``PLACEHOLDERS``.
        text: As it was configured.

    Raises:
        InvalidTexts: It is empty, or has a placeholder that cannot be filled.
    """
    template = dedent(text.replace("\\n", "\n")).strip()
    if not template:
        raise InvalidTexts(key, "it must not be empty")
    allowed = PLACEHOLDERS[key]
    known = ", ".join(sorted(f"{{{each}}}" for each in allowed))
    try:
        found = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(template)]
    except ValueError as error:
        raise InvalidTexts(key, f"its braces do not match ({error}); a brace itself is written twice") from error
    for name, form, conversion in found:
        if name is not None and (name not in allowed or form or conversion):
            raise InvalidTexts(key, f"the placeholder {{{name}}} is unknown here; allowed: {known}")
    return template

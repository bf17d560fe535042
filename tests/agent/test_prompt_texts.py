"""What a company writes for the language model."""

import pytest

from agent.errors import InvalidTexts
from agent.prompt_texts import OUR_CHAT_SYSTEM, OUR_DEFAULT_SYSTEM, PLACEHOLDERS, PromptTexts, checked_template

WHO = {"bot_name": "Amelia", "company": "Contoso", "task": "Help {everybody}.", "language_name": "French"}


def test_ours_are_templates_as_well() -> None:
    """They pass the check, and nothing in them is the company's."""
    assert checked_template("default_system_tpl", OUR_DEFAULT_SYSTEM) == OUR_DEFAULT_SYSTEM
    assert checked_template("chat_system_tpl", OUR_CHAT_SYSTEM) == OUR_CHAT_SYSTEM
    assert PromptTexts().company_texts == ()


def test_values_are_filled_in_and_are_no_templates() -> None:
    """What changes from turn to turn is told elsewhere, and a word says where."""
    texts = PromptTexts(
        default_system="I am {bot_name} of {bot_company} ({bot_phone_number}). {task} Today is {date}. "
        "From {phone_number}.",
        chat_system="Speak {default_lang}. {claim} {reminders} {actions} {styles}",
        own_number="+15550000000",
    )
    system, chat = texts.filled(**WHO, caller_number="+15550001111")
    assert system.startswith("I am Amelia of Contoso (+15550000000). Help {everybody}. Today is the date that is told")
    assert system.endswith("From +15550001111.")
    assert chat.startswith("Speak French. its fields are listed below; ")
    assert "{" not in chat
    assert texts.company_texts == (texts.default_system, texts.chat_system)
    assert "withheld" in texts.filled(**WHO)[0]


@pytest.mark.parametrize("key", PLACEHOLDERS)
def test_every_placeholder_that_may_stand_there_can_be_filled(key: str) -> None:
    """In the template that it belongs to."""
    template = " ".join(f"{{{name}}}" for name in PLACEHOLDERS[key])
    checked = checked_template(key, template)
    texts = PromptTexts(default_system=checked) if key == "default_system_tpl" else PromptTexts(chat_system=checked)
    assert not {"{", "}"} & set("".join(texts.filled(**{**WHO, "task": "Help."})))


def test_line_ends_are_kept_and_indentation_is_not() -> None:
    r"""Also those that an environment variable writes as ``\n``."""
    assert checked_template("chat_system_tpl", "\n    # Rules\n    - One {{brace}}\n") == "# Rules\n- One {{brace}}"
    assert checked_template("chat_system_tpl", r"# Rules\n- One") == "# Rules\n- One"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" ", "must not be empty"),
        ("Hello {name}", r"\{name\} is unknown here; allowed: \{actions\}, \{bot_company\}"),
        ("Hello {}", "is unknown here"),
        ("Hello {bot_name!r}", r"\{bot_name\} is unknown here"),
        ("Hello {bot_name.__class__}", "is unknown here"),
        ("Hello {bot_name:>10}", "is unknown here"),
        ("Hello {bot_name", "braces do not match"),
        ("Hello }", "braces do not match"),
    ],
)
def test_what_cannot_be_filled_is_an_error(text: str, problem: str) -> None:
    """When it is read, not when somebody calls."""
    with pytest.raises(InvalidTexts, match=problem):
        checked_template("chat_system_tpl", text)

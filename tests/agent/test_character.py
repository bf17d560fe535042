"""Who the assistant is."""

from agent.character import Character


def test_a_name_and_a_company_are_enough() -> None:
    """The task and the language have sensible values of their own."""
    who = Character("Contoso", "Amelia")
    assert who.task
    assert who.language_name == "English"

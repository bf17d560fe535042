"""What a configuration says to the assistant."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from agent.prompt_texts import OUR_CHAT_SYSTEM
from agent.sections import GuardConfig, LexiconTerm, LlmPrompts, PromptsConfig

GUIDE = """
tts:
  hello_tpl:
    - |
      Hello, I'm {bot_name}, from {bot_company}! I'm an IT support specialist.

      What's your problem?
    - |
      Hi, I'm {bot_name} from {bot_company}. I'm here to help.
  timeout_silence_tpl: Are you there?
llm:
  default_system_tpl: |
    Assistant is called {bot_name} and is in a call center for the company {bot_company}.

    # Context
    Today is {date}. Customer is calling from {phone_number}. Call center number is {bot_phone_number}.
  chat_system_tpl: |
    # Rules
    - Answers in {default_lang}, even if the customer speaks another language
    - You work for {bot_company}, not someone else

    # Support status
    {claim}

    # Reminders
    {reminders}
"""


def test_prompts_as_the_guide_of_call_center_ai_writes_them() -> None:
    """With its lists of variants, its keys and its placeholders."""
    prompts = PromptsConfig.model_validate(yaml.safe_load(GUIDE))
    assert prompts.problems() == []
    hello = prompts.sentences["hello_tpl"]
    assert isinstance(hello, list)
    assert [text.split(",")[0] for text in hello] == ["Hello", "Hi"]
    assert prompts.llm.chat_system_tpl.startswith("# Rules\n- Answers in {default_lang}")
    assert PromptsConfig().llm.chat_system_tpl == OUR_CHAT_SYSTEM


@pytest.mark.parametrize(
    ("tts", "problem"),
    [
        ({"hello_tpl": "Hello {name}"}, "prompts.tts.hello_tpl: the placeholder {name} is unknown here"),
        ({"ivr_language_tpl": "Press it."}, "prompts.tts.ivr_language_tpl: the placeholder {index} is missing"),
        ({"helo_tpl": "Hello"}, "prompts.tts.helo_tpl: there is no such text"),
        ({"hello_tpl": []}, "prompts.tts.hello_tpl: it must be a text or a list of texts"),
        ({"hello_tpl": ["", "Hi"]}, "prompts.tts.hello_tpl: it must be a text, and not an empty one"),
        ({"hello_tpl": 5}, "prompts.tts.hello_tpl: it must be a text or a list of texts"),
    ],
)
def test_a_wrong_sentence_is_told_by_the_path_of_its_key(tts: dict[str, object], problem: str) -> None:
    """All of them at once."""
    problems = PromptsConfig.model_validate({"tts": {**tts, "goodbye_tpl": "Bye {who}"}}).problems()
    assert len(problems) == 2
    assert problems[0].startswith(problem)
    assert problems[1].startswith("prompts.tts.goodbye_tpl: ")


def test_sentences_say_their_language() -> None:
    """It is no sentence itself."""
    prompts = PromptsConfig.model_validate({"tts": {"tts_lang": "fr-FR", "hello_tpl": "Bonjour"}})
    assert prompts.spoken_language == "fr-FR"
    assert set(prompts.sentences) == {"hello_tpl"}
    assert prompts.problems() == []


def test_a_wrong_template_is_told_by_its_key() -> None:
    """And what may stand in it."""
    with pytest.raises(ValidationError, match=r"\{claims\} is unknown here; allowed: ") as raised:
        LlmPrompts(chat_system_tpl="{claims}")
    assert raised.value.errors()[0]["loc"] == ("chat_system_tpl",)


def test_blocked_words_come_from_a_file_as_well(tmp_path: Path) -> None:
    """One a line; comments and empty lines are none."""
    path = tmp_path / "blocked.txt"
    path.write_text("# rivals\nFabrikam\n\nNorth Wind*\n", encoding="utf-8")
    guard = GuardConfig(blocked_words=("Contoso",), blocked_words_path=path)
    assert guard.all_blocked_words == ("Contoso", "Fabrikam", "North Wind*")
    assert GuardConfig().all_blocked_words == ()


def test_words_that_cannot_be_found_are_an_error(tmp_path: Path) -> None:
    """As is a file that is not there."""
    with pytest.raises(ValidationError, match="neither letters nor digits"):
        GuardConfig(blocked_words=("word", "!?"))
    path = tmp_path / "blocked.txt"
    with pytest.raises(ValidationError, match="cannot be read: FileNotFoundError"):
        GuardConfig(blocked_words_path=path)
    path.write_text("*\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="neither letters nor digits"):
        GuardConfig(blocked_words_path=path)


def test_a_term_of_the_lexicon_has_letters() -> None:
    """What it sounds like may be left to the voice."""
    assert LexiconTerm(term="Contoso").sounds_like == ""
    with pytest.raises(ValidationError):
        LexiconTerm(term="")

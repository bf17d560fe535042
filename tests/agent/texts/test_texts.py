"""The texts of one language: replaced, filled, chosen."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import InvalidTexts, InvalidValue, Refusal
from agent.texts.bundled import BUNDLED
from agent.texts.english import ENGLISH
from agent.texts.texts import Placeholders, fill, next_variant, placeholders


def test_a_text_is_replaced_by_one_or_several() -> None:
    """Under its name, or the one of call-center-ai; lines are joined; what is not named stays."""
    texts = ENGLISH.with_overrides(
        {
            "hello_tpl": ["Hi, {bot_name} here.", "  {bot_company},\n   good morning. "],
            "error": "Once more?",
            "field_names": {"policy_number": "contract"},
        }
    )
    assert texts.hello == ("Hi, {bot_name} here.", "{bot_company}, good morning.")
    assert texts.error == ("Once more?",)
    assert texts.goodbye == ENGLISH.goodbye
    assert texts.field_names == {**ENGLISH.field_names, "policy_number": "contract"}
    assert fill(texts.hello[0], bot_name="Amelia", bot_company="Contoso") == "Hi, Amelia here."


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        ({"helo": "Hi."}, "helo: there is no such text; there are .*hello.*"),
        ({"hello_tpl": "Hi, {name}."}, r"hello_tpl: the placeholder \{name\} is unknown here; .*\{bot_name\}"),
        ({"thanks": "Thanks, {bot_name}."}, r"thanks: the placeholder \{bot_name\} is unknown here; allowed: none"),
        ({"noted": "Noted."}, r"noted: the placeholder \{value\} is missing"),
        ({"noted": ["I noted {value}.", "Noted."]}, r"noted: the placeholder \{value\} is missing"),
        ({"ivr_language_tpl": "Press {index}."}, r"ivr_language_tpl: the placeholder \{label\} is missing"),
        ({"error": "Oops {"}, "error: its braces do not match"),
        ({"error": "Oops {}"}, r"error: the placeholder \{\} is unknown"),
        ({"error": " "}, "error: .*not an empty one"),
        ({"error": []}, "error: it must be a text or a list"),
        ({"error": [3]}, "error: it must be a text"),
        ({"error": {"a": "b"}}, "error: it must be a text or a list"),
        ({"language": "fr"}, "language: there is no such text"),
        ({"field_questions": "What?"}, "field_questions: it must map"),
        ({"field_questions": {"place": ""}}, "field_questions.place: it must be a text"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_key(overrides: dict[str, object], problem: str) -> None:
    """The error names the key and what is wrong with it."""
    with pytest.raises(InvalidTexts, match=f"^{problem}") as caught:
        ENGLISH.with_overrides(overrides)
    assert caught.value.key.split(".")[0] in overrides


def test_the_next_variant_is_never_the_last_one() -> None:
    """It is the one behind that which was said last, wherever in the text that stood."""
    variants = ("Bye.", "Bye. Take care.", "So long.")
    assert next_variant(variants) == "Bye."
    assert next_variant(variants, start=4) == "Bye. Take care."
    assert next_variant(variants, ["Noted. Bye.", "So long."]) == "Bye. Take care."
    assert next_variant(variants, ["Bye. Take care."]) == "So long."
    assert next_variant(variants, ["Noted.", "So long. Now."]) == "Bye."
    assert next_variant(("Bye.",), ["Bye."]) == "Bye."


@given(
    variants=st.lists(st.text(min_size=1), min_size=2, max_size=5, unique=True),
    start=st.integers(0, 2**32),
    times=st.integers(1, 12),
)
def test_no_variant_is_said_twice_running(variants: list[str], start: int, times: int) -> None:
    """Whatever they are, and even if one holds another."""
    said: list[str] = []
    for _ in range(times):
        said.insert(0, next_variant(variants, said, start=start))
    assert all(one != other for one, other in pairwise(said))


@pytest.mark.parametrize("language", BUNDLED)
def test_every_refusal_can_be_said(language: str) -> None:
    """In each language, as a sentence; in English in the words that a model reads."""
    for refusal in Refusal:
        (sentence,) = BUNDLED[language].refusal(InvalidValue("field", refusal))
        assert sentence.endswith((".", "。"))
        if language == "en":
            assert sentence[1:-1] == refusal.value[1:]


def test_a_reason_of_others_becomes_a_sentence() -> None:
    """It begins with a capital and ends with a stop."""
    assert ENGLISH.refusal(InvalidValue("field", "that is too short")) == ("That is too short.",)


def test_placeholders_are_known_by_key() -> None:
    """Required ones, and those that may be left out."""
    assert placeholders("noted") == Placeholders(required=frozenset({"value"}))
    assert placeholders("hello") == Placeholders(optional=frozenset({"bot_name", "bot_company"}))

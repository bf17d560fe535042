"""The texts that come with the program."""

from dataclasses import fields
from string import Formatter

import pytest

from agent.texts.bundled import BUNDLED, Repertoire, primary_subtag, texts_for
from agent.texts.english import ENGLISH
from agent.texts.texts import Texts

VARIED = (
    "hello",
    "goodbye",
    "error",
    "timeout_silence",
    "timeout_loading",
    "ivr_language",
    "end_call_to_connect_agent",
    "opener_question",
    "opener_statement",
    "opener_correction",
)
FIRST_SENTENCES = ("thanks", "all_right", "good", "sorry", "i_am_sorry", "no_problem")


def variants_of(texts: Texts) -> dict[str, tuple[str, ...]]:
    """All keys that have variants, with them."""
    found = {each.name: getattr(texts, each.name) for each in fields(Texts)}
    return {name: value for name, value in found.items() if isinstance(value, tuple)}


def placeholders_in(variant: str) -> set[str]:
    """What is to be put into a text."""
    return {name for _, name, _, _ in Formatter().parse(variant) if name is not None}


@pytest.mark.parametrize("language", BUNDLED)
def test_every_language_says_everything(language: str) -> None:
    """Every key has a variant, with the placeholders of the English one, and is as an override would have to be."""
    texts = variants_of(BUNDLED[language])
    assert texts.keys() == variants_of(ENGLISH).keys()
    BUNDLED[language].with_overrides(texts)
    for key, variants in variants_of(ENGLISH).items():
        expected = set().union(*map(placeholders_in, variants))
        for variant in texts[key]:
            assert placeholders_in(variant) == expected, (key, variant)
            assert variant == " ".join(variant.split())
        assert len(set(texts[key])) == len(texts[key]), key


@pytest.mark.parametrize("language", BUNDLED)
def test_what_is_said_often_is_said_in_several_ways(language: str) -> None:
    """Greetings, goodbyes, errors, silence, waiting; and the first sentence of a reply is very short."""
    texts = variants_of(BUNDLED[language])
    # English calls are opened as they always were.
    assert [key for key in VARIED if len(texts[key]) < 2] == (["hello"] if language == "en" else [])
    assert [key for key in FIRST_SENTENCES if max(map(len, texts[key])) > 20] == []


@pytest.mark.parametrize("language", BUNDLED)
def test_sentences_end_as_sentences_do(language: str) -> None:
    """A voice reads a sentence without its stop as if more were to come; an opener is to sound so."""
    ends = ("。", "？", "！") if language == "zh" else (".", "?", "!")
    for key, variants in variants_of(BUNDLED[language]).items():
        if key not in {"opener_question", "summary_line", "noted_text", "our_guide_says"}:
            assert all(variant.endswith(ends) for variant in variants), key
    questions = BUNDLED[language].field_questions
    assert all(question.endswith(("?", "？")) for question in questions.values())


@pytest.mark.parametrize("language", [each for each in BUNDLED if each != "en"])
def test_well_known_fields_are_named_and_asked_for(language: str) -> None:
    """The same in each language; each that is asked for has a name."""
    texts = BUNDLED[language]
    assert texts.field_questions.keys() == ENGLISH.field_questions.keys()
    assert texts.field_names.keys() == {"datetime", *texts.field_questions}


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr-CA", "fr"),
        ("FR", "fr"),
        ("zh-Hans-CN", "zh"),
        ("de_AT", "de"),
        ("es-419", "es"),
        ("it-IT", "en"),
        ("", "en"),
    ],
)
def test_a_tag_finds_its_texts(tag: str, language: str) -> None:
    """Region and script do not matter; who speaks what we do not is spoken to in English."""
    assert texts_for(tag).language == language


def test_a_repertoire_knows_its_own_language() -> None:
    """It is spoken where the caller's is not known, or not spoken."""
    repertoire = Repertoire("fr-FR", {language: BUNDLED[language] for language in ("fr", "de")})
    assert [repertoire.of(tag).language for tag in ("", "de-CH", "it", "en-US")] == ["fr", "de", "fr", "fr"]
    assert repertoire.is_own(BUNDLED["fr"])
    assert not repertoire.is_own(BUNDLED["de"])
    assert Repertoire("it").of("it").language == "en"
    assert primary_subtag("zh-Hant-TW") == "zh"

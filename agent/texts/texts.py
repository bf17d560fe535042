"""The texts of one language: which there are, what stands in their placeholders, which is said next.

Every text has one or more variants. Placeholders are written as ``{value}``; those that a
text cannot do without are required, the others may be left out of a variant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from string import Formatter
from types import MappingProxyType
from typing import Annotated, Any, Final, get_args, get_origin

from agent.errors import InvalidTexts, InvalidValue

Variants = tuple[str, ...]

_OLD_SUFFIX: Final = "_tpl"
"""Ends the names of these texts in configurations of call-center-ai."""


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What may stand in the variants of a text."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


_OfWho = Annotated[Variants, Placeholders(optional=frozenset({"bot_name", "bot_company"}))]
_OfField = Annotated[Variants, Placeholders(frozenset({"field"}))]
_OfValue = Annotated[Variants, Placeholders(frozenset({"value"}))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Every sentence of ours in one language; see ``with_overrides`` to replace some."""

    language: str
    """ISO 639-1."""
    language_name: str
    """As its speakers call it."""

    # The opening
    recording_notice: Variants
    """Said before the greeting."""
    hello: _OfWho
    hello_again: _OfWho
    """To a caller who was here a short while ago."""
    hello_call_back: Annotated[Variants, Placeholders(frozenset({"reason"}), frozenset({"bot_name", "bot_company"}))]
    """To somebody whom we call back; ``reason``: about what, a few words without a stop."""
    purpose: _OfWho
    how_can_i_help: _OfWho

    # Answers to answers: very short, they are spoken first
    thanks: Variants
    all_right: Variants
    good: Variants
    sorry: Variants
    i_am_sorry: Variants
    no_problem: Variants
    later: Variants
    not_heard: Variants
    take_your_time: Variants
    """To a caller who asks us to wait."""
    cannot_answer: Variants
    """To a question that we know nothing about."""
    choices: Annotated[Variants, Placeholders(frozenset({"choices"}))]
    """Answers that a bot suggests; ``choices`` is a list of them."""

    # What is asked, of fields whose own question is not known in this language
    question_text: _OfField
    question_datetime: _OfField
    question_email: _OfField
    question_phone_number: _OfField

    # What is noted
    noted: _OfValue
    noted_text: _OfValue
    """``value`` ends with a stop."""
    noted_that: Variants
    """Something too long to be repeated."""
    summary: Variants
    summary_line: Annotated[Variants, Placeholders(frozenset({"field", "value"}))]
    is_everything_right: Variants
    which_is_wrong: Variants

    # What the documents say
    our_guide_says: Annotated[Variants, Placeholders(frozenset({"title", "excerpt"}))]
    """``title`` is the document's, ``excerpt`` a sentence of it."""

    # Topics
    topic_wanted: Annotated[Variants, Placeholders(frozenset({"title"}))]
    """A question: the caller may mean the topic of this title, which stands within a sentence."""
    topic_failed: Variants
    """A topic cannot be gone on with: a service has failed."""
    anything_else: Variants
    """A question, when a topic is over and nothing else is to be asked."""

    # The end
    filed: _OfWho
    saved: Variants
    to_be_checked: Variants
    call_back: Variants
    thanks_for_calling: _OfWho
    goodbye: _OfWho
    farewell: Variants
    """To a caller who has been silent for very long; the call ends."""

    # Humans and messages
    offer_human: Variants
    """A question: the value of a field was not understood, time and again."""
    end_call_to_connect_agent: Variants
    """Before the caller is handed over to a human."""
    calltransfer_failure: Variants
    human_sought: Variants
    """One of several humans is looked for; said again from time to time, until somebody takes over."""
    human_found: Annotated[Variants, Placeholders(frozenset({"name"}))]
    """Before the caller is handed over to the human of this name."""
    human_left: Variants
    sms_not_sent: Variants

    # Silence and failure
    timeout_silence: Variants
    """The caller has been silent for long."""
    error: Variants
    """The answer failed."""
    say_again: Variants
    """Ends an answer that broke off."""
    declined: Variants
    """A content filter let nothing else be said."""

    # While thinking
    timeout_loading: Variants
    """When thinking takes really long."""
    opener_question: Variants
    opener_statement: Variants
    opener_correction: Variants

    # Why a value is refused: one for each ``agent.errors.Refusal``
    refused_nothing_said: Variants
    refused_no_date: Variants
    refused_no_at_sign: Variants
    refused_incomplete_address: Variants
    refused_no_digits: Variants
    refused_number_too_short: Variants
    refused_number_too_long: Variants
    refused_not_a_number: Variants

    # The choice of a language, each said in its own
    ivr_language: Annotated[Variants, Placeholders(frozenset({"label", "index"}))]
    """``label`` is the language's name, ``index`` the key to press."""
    language_chosen: Annotated[Variants, Placeholders(optional=frozenset({"label"}))]
    language_not_understood: Variants
    language_not_spoken: Variants

    # Fields of claims by name (snake_case)
    field_names: Mapping[str, str]
    """Names within a sentence; "datetime" stands for this word in any name."""
    field_questions: Mapping[str, str]
    """Asked instead of a description that was written in another language."""

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if self.language == "zh" else " "

    def refusal(self, error: InvalidValue) -> Variants:
        """Say why a value was refused; what has no text of ours is said as it was written."""
        if error.refusal is None:
            clause = error.reason
            return (clause[:1].upper() + clause[1:] + ("" if clause.endswith((".", "?", "!")) else "."),)
        variants: Variants = getattr(self, f"refused_{error.refusal.name.lower()}")
        return variants

    def with_overrides(self, overrides: Mapping[str, object]) -> "Texts":
        """Replace some texts.

        Args:
            overrides: By key, which may end in ``_tpl``: one text, or a list of variants; for
                ``field_names`` and ``field_questions`` a mapping, which is added to ours.
                Line breaks count as blanks.

        Raises:
            InvalidTexts: A key or placeholder is unknown, a required placeholder is missing, a
                text is empty or no text.
        """
        changes: dict[str, Any] = {}
        for name, value in overrides.items():
            key = name.removesuffix(_OLD_SUFFIX)
            if key in {"field_names", "field_questions"}:
                changes[key] = MappingProxyType({**getattr(self, key), **_named_texts(key, value)})
            elif key not in _placeholders_by_key():
                raise InvalidTexts(
                    name, f"there is no such text; there are {', '.join(sorted(_placeholders_by_key()))}"
                )
            else:
                changes[key] = tuple(_checked(name, key, variant) for variant in _listed(name, value))
        return replace(self, **changes)


def fill(template: str, **values: object) -> str:
    """Put values into the placeholders of a variant; those that it does not have are left out."""
    return template.format(**values)


def next_variant(variants: Sequence[str], said: Iterable[str] = (), *, start: int = 0) -> str:
    """Choose what to say, never the same twice running where there are several.

    Args:
        variants: At least one, filled.
        said: What has been said before, latest first: the variant behind the last one found in it is next.
        start: Where to begin if none was said: any number, as a hash of the call.
    """
    if len(variants) > 1:
        longest_first = sorted(range(len(variants)), key=lambda index: -len(variants[index]))
        for text in said:
            for index in longest_first:
                if variants[index] in text:
                    return variants[(index + 1) % len(variants)]
    return variants[start % len(variants)]


def placeholders(key: str) -> Placeholders:
    """What may stand in the variants of a text.

    Raises:
        KeyError: There is no such text.
    """
    return _placeholders_by_key()[key]


def _placeholders_by_key() -> dict[str, Placeholders]:
    found: dict[str, Placeholders] = {}
    for each in fields(Texts):
        if each.type == Variants:
            found[each.name] = Placeholders()
        elif get_origin(each.type) is Annotated:
            found[each.name] = get_args(each.type)[1]
    return found


def _listed(name: str, value: object) -> Sequence[object]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and value:
        return value
    raise InvalidTexts(name, "it must be a text or a list of texts")


def _named_texts(key: str, value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise InvalidTexts(key, "it must map names of fields to texts")
    for name, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise InvalidTexts(f"{key}.{name}", "it must be a text, and not an empty one")
    return {str(name): " ".join(text.split()) for name, text in value.items()}


def _checked(name: str, key: str, variant: object) -> str:
    """Give a variant in one line, if its placeholders are right."""
    if not isinstance(variant, str) or not variant.strip():
        raise InvalidTexts(name, "it must be a text, and not an empty one")
    allowed = placeholders(key)
    try:
        found = {inner for _, inner, _, _ in Formatter().parse(variant) if inner is not None}
    except ValueError as error:
        raise InvalidTexts(name, f"its braces do not match ({error}); a brace itself is written twice") from error
    for unknown in sorted(found - allowed.required - allowed.optional):
        known = ", ".join(sorted(f"{{{each}}}" for each in allowed.required | allowed.optional)) or "none"
        raise InvalidTexts(name, f"the placeholder {{{unknown}}} is unknown here; allowed: {known}")
    for missing in sorted(allowed.required - found):
        raise InvalidTexts(name, f"the placeholder {{{missing}}} is missing")
    return " ".join(variant.split())

"""Rules for days, made of a calendar of words."""

import pytest

from agent.grammar.french_dates import FRENCH_DATES
from agent.grammar.known import GRAMMARS


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("le 3 mars 2025", "3 march 2025"),
        ("le 3 mars", "3 march "),
        ("16.11.26", "16 november 2026"),
        ("16/11", "16 november "),
        ("16/13", ""),
        ("avant-hier", "2 days ago"),
        ("il y a 2 heures", "2 hours ago"),
        ("dans 3 semaines", "in 3 weeks"),
        ("il y a quelques mois", "2 months ago"),
        ("aujourd'hui", "today"),
        ("demain", "in 1 days"),
        ("lundi prochain", "monday"),
        ("l'année dernière", "1 year ago"),
    ],
)
def test_days_are_written_for_dateparser(said: str, written: str) -> None:
    """The first rule that finds one writes it in English."""
    found = [rule.write(match) for rule in FRENCH_DATES.days for match in rule.pattern.finditer(said)]
    assert found[0] == written


def test_only_hours_and_minutes_tell_the_time() -> None:
    """Two hours ago is a time of day, two days ago is none; the next Monday lies ahead."""
    rules = FRENCH_DATES.days
    assert {rule.keeps_time for rule in rules if rule.pattern.search("il y a 2 jours")} == {False}
    assert next(rule for rule in rules if rule.pattern.search("il y a 2 heures")).keeps_time
    assert [rule.prefer for rule in rules if rule.pattern.search("lundi prochain")] == ["future", "past"]


def test_the_most_explicit_rule_stands_first() -> None:
    """In each language: a whole date before a weekday, the day before yesterday before yesterday."""
    for grammar in GRAMMARS.values():
        if grammar.dates is not None:
            assert len(grammar.dates.days) >= 12
            assert [rule.prefer for rule in grammar.dates.days].count("future") == 1

"""Dates in the words of a language that has tables for them; it is Friday, 20 November 2026, 06:35."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.grammar.known import GRAMMARS
from agent.spoken_dates import parse_moment
from agent.worded_dates import Understood, understand

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
WORDS = {
    "fr": "lundi mars mai le trois 31 99 à heures h et demie moins quart midi minuit il y a jours une demi-heure hier",
    "es": "lunes marzo mayo el tres 31 99 a las y media menos cuarto mediodía hace días mañana tarde noche de la",
    "de": "montag märz mai am dritten 31 99 um uhr halb viertel vor nach drei mittag tagen stunden morgen abend .",
    "zh": "星期一 三月 号 三 十 31 99 点 半 刻 差 分 中午 天 前 昨天 下午 年 二零二六 上 下 周",
}


@pytest.mark.parametrize(
    ("language", "said", "moment"),
    [
        ("fr", "hier soir", "2026-11-19T18:00"),
        ("fr", "hier à neuf heures du matin", "2026-11-19T09:00"),
        ("fr", "lundi dernier à 15h30", "2026-11-16T15:30"),
        ("fr", "le trois mars à midi et demi", "2026-03-03T12:30"),
        ("fr", "avant-hier vers quinze heures", "2026-11-18T15:00"),
        ("fr", "il y a deux jours", "2026-11-18T00:00"),
        ("fr", "il y a une demi-heure", "2026-11-20T06:05"),
        ("fr", "il y a deux heures", "2026-11-20T04:35"),
        ("fr", "c'était le seize novembre deux mille vingt-six à neuf heures moins le quart", "2026-11-16T08:45"),
        ("fr", "demain à trois heures de l'après-midi", "2026-11-21T15:00"),
        ("fr", "mardi à trois heures et quart", "2026-11-17T03:15"),
        ("fr", "ce matin", "2026-11-20T09:00"),
        ("fr", "cette nuit", "2026-11-20T22:00"),
        ("fr", "16/11/2026 à 9h", "2026-11-16T09:00"),
        ("fr", "le premier mai", "2026-05-01T00:00"),
        ("fr", "la semaine dernière", "2026-11-13T00:00"),
        ("fr", "lundi prochain à neuf heures", "2026-11-23T09:00"),
        ("fr", "le 21", "2026-10-21T00:00"),
        ("fr", "à huit heures", "2026-11-19T08:00"),
        ("fr", "vingt et un octobre", "2026-10-21T00:00"),
        ("fr", "après-demain", "2026-11-22T00:00"),
        ("fr", "hier à 9h", "2026-11-19T09:00"),
        ("fr", "aujourd’hui à midi", "2026-11-20T12:00"),
        ("es", "mañana a las tres", "2026-11-21T03:00"),
        ("es", "ayer por la tarde", "2026-11-19T15:00"),
        ("es", "ayer por la mañana a las nueve", "2026-11-19T09:00"),
        ("es", "el lunes a las tres y media", "2026-11-16T03:30"),
        ("es", "anteayer a las cuatro menos cuarto de la tarde", "2026-11-18T15:45"),
        ("es", "hace dos días", "2026-11-18T00:00"),
        ("es", "hace media hora", "2026-11-20T06:05"),
        ("es", "hace una hora", "2026-11-20T05:35"),
        ("es", "el dieciséis de noviembre de dos mil veintiséis a las nueve", "2026-11-16T09:00"),
        ("es", "anoche a las once", "2026-11-19T23:00"),
        ("es", "el uno de mayo", "2026-05-01T00:00"),
        ("es", "esta mañana", "2026-11-20T09:00"),
        ("es", "hoy a mediodía", "2026-11-20T12:00"),
        ("es", "pasado mañana", "2026-11-22T00:00"),
        ("es", "la semana pasada", "2026-11-13T00:00"),
        ("es", "el próximo lunes a las diez", "2026-11-23T10:00"),
        ("es", "el lunes que viene", "2026-11-23T00:00"),
        ("es", "el 3 de marzo a las 4 y 20 de la tarde", "2026-03-03T16:20"),
        ("es", "16/11/2026 a las 15:30", "2026-11-16T15:30"),
        ("es", "a las diez de la noche", "2026-11-19T22:00"),
        ("de", "vorgestern um halb vier", "2026-11-18T03:30"),
        ("de", "gestern um 9:00", "2026-11-19T09:00"),
        ("de", "gestern Abend", "2026-11-19T18:00"),
        ("de", "gestern Morgen um neun", "2026-11-19T09:00"),
        ("de", "am Montag um neun Uhr morgens", "2026-11-16T09:00"),
        ("de", "am dritten März um viertel nach vier", "2026-03-03T04:15"),
        ("de", "am 16. November 2026 um 9 Uhr 30", "2026-11-16T09:30"),
        ("de", "vor zwei Tagen", "2026-11-18T00:00"),
        ("de", "vor einer halben Stunde", "2026-11-20T06:05"),
        ("de", "vor zwei Stunden", "2026-11-20T04:35"),
        ("de", "heute Mittag um zwölf", "2026-11-20T12:00"),
        ("de", "heute früh", "2026-11-20T09:00"),
        ("de", "letzte Woche", "2026-11-13T00:00"),
        ("de", "nächsten Montag um neun", "2026-11-23T09:00"),
        ("de", "übermorgen", "2026-11-22T00:00"),
        ("de", "fünf vor halb vier gestern", "2026-11-19T03:25"),
        ("de", "gestern Nachmittag um drei", "2026-11-19T15:00"),
        ("de", "am 16.11. um 9 Uhr", "2026-11-16T09:00"),
        ("de", "16.11.2026", "2026-11-16T00:00"),
        ("de", "letzten Freitag abends um acht", "2026-11-13T20:00"),
        ("de", "Montagabend", "2026-11-16T18:00"),
        ("de", "gestern um viertel vor fünf nachmittags", "2026-11-19T16:45"),
        ("de", "am einundzwanzigsten", "2026-10-21T00:00"),
        ("de", "um ein Uhr gestern", "2026-11-19T01:00"),
        ("de", "Mitternacht gestern", "2026-11-19T00:00"),
        ("de", "am dritten Mai zweitausendfünfundzwanzig", "2025-05-03T00:00"),
        ("de", "dreiviertel vier gestern nachmittag", "2026-11-19T15:45"),
        ("zh", "昨天下午三点", "2026-11-19T15:00"),
        ("zh", "昨天晚上", "2026-11-19T18:00"),
        ("zh", "前天上午九点半", "2026-11-18T09:30"),
        ("zh", "十一月十六号上午九点", "2026-11-16T09:00"),
        ("zh", "二零二六年十一月十六日九点", "2026-11-16T09:00"),
        ("zh", "星期一早上九点", "2026-11-16T09:00"),
        ("zh", "上周五", "2026-11-13T00:00"),
        ("zh", "上个月", "2026-10-20T00:00"),
        ("zh", "两天前", "2026-11-18T00:00"),
        ("zh", "半个小时前", "2026-11-20T06:05"),
        ("zh", "三个小时前", "2026-11-20T03:35"),
        ("zh", "今天中午十二点", "2026-11-20T12:00"),
        ("zh", "今天早上", "2026-11-20T09:00"),
        ("zh", "下周一九点", "2026-11-19T19:00"),
        ("zh", "后天", "2026-11-22T00:00"),
        ("zh", "昨天三点一刻", "2026-11-19T03:15"),
        ("zh", "昨晚十一点", "2026-11-19T23:00"),
        ("zh", "凌晨两点", "2026-11-20T02:00"),
        ("zh", "昨天15:30", "2026-11-19T15:30"),
        ("zh", "21号", "2026-10-21T00:00"),
        ("zh", "大前天晚上八点", "2026-11-17T20:00"),
        ("zh", "11月16日 下午 3点20分", "2026-11-16T15:20"),
        ("zh", "星期天下午两点", "2026-11-15T14:00"),
        ("zh", "几天前", "2026-11-18T00:00"),
    ],
)
def test_spoken_dates_are_understood(language: str, said: str, moment: str) -> None:
    """What people say on the phone is read relative to now, and lies in the past if it can."""
    parsed = parse_moment(said, now=NOW, language=f"{language}-XX")
    assert parsed is not None
    assert parsed.isoformat(timespec="minutes") == moment


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "je ne sais pas"),
        ("fr", "dans ma cuisine"),
        ("es", "no lo sé"),
        ("es", "en mi cocina"),
        ("de", "keine Ahnung"),
        ("de", "in meiner Küche"),
        ("zh", "不知道"),
        ("zh", "在我家厨房"),
        ("fr", "le 31 février"),
        ("de", "um 27 Uhr"),
        ("de", "am 99.99.2026"),
        ("es", ""),
    ],
)
def test_what_is_no_date_is_none(language: str, said: str) -> None:
    """No date is made up where none was said."""
    assert parse_moment(said, now=NOW, language=language) is None


def test_what_is_not_said_again_is_kept() -> None:
    """A correction of the day keeps the time, one of the time keeps the day."""
    previous = datetime(2026, 11, 19, 9, 0)
    assert parse_moment("am Dienstag", now=NOW, language="de", previous=previous) == datetime(2026, 11, 17, 9, 0)
    assert parse_moment("晚上十点", now=NOW, language="zh", previous=previous) == datetime(2026, 11, 19, 22, 0)


def test_yesterday_is_the_callers() -> None:
    """Where it is the next day already, another day was yesterday."""
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    paris = late.astimezone(timezone(timedelta(hours=1)))
    assert parse_moment("hier à midi", now=late, language="fr") == datetime(2026, 11, 19, 12, 0)
    assert parse_moment("hier à midi", now=paris, language="fr") == datetime(2026, 11, 20, 12, 0)


def test_days_are_asked_for_in_english() -> None:
    """The phrase that dateparser gets, and which of the days that fit is meant."""
    asked: list[tuple[str, str]] = []

    def parse(phrase: str, prefer: str) -> datetime | None:
        asked.append((phrase, prefer))
        return datetime(2026, 11, 23)

    grammar = GRAMMARS["de"]
    assert grammar.dates is not None
    found = understand("nächsten Montag um drei Uhr nachmittags", grammar.dates, grammar.numbers, parse)
    assert found == Understood(date(2026, 11, 23), time(15))
    assert asked == [("monday", "future")]


@given(language=st.sampled_from(sorted(WORDS)), data=st.data())
def test_no_mixture_of_its_words_is_a_failure(language: str, data: st.DataObject) -> None:
    """Whatever order the words of dates come in, there is a moment or there is none."""
    words = data.draw(st.lists(st.sampled_from(WORDS[language].split()), max_size=8))
    for gap in (" ", ""):
        parse_moment(gap.join(words), now=NOW, language=language)

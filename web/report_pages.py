"""The report pages as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from calls.costs import Prices
from stores.records import CallHistory
from stores.search import CallPage
from stores.totals import DayTotal
from web.assets import Assets
from web.cost_view import call_bill, day_costs
from web.latency_picture import STAGES, latency_picture
from web.report_search import CallSearch
from web.report_view import (
    actions_view,
    call_view,
    claims_view,
    listed,
    reminders_view,
    satisfactions_view,
    turns_view,
)
from web.timeline import timeline
from web.wording import counted

_STILL_WORKING = timedelta(minutes=10)
"""So long after a call its synthesis may still be in the making."""


@dataclass(frozen=True, slots=True)
class CallLinks:
    """Where a page about a call leads; what is empty is not there."""

    home: str = ""
    """The list of calls."""
    recording: str = ""
    service_recording: str = ""
    """The telephone service's own."""
    live: str = ""
    """The stream of what happens, while the call is up."""
    supervise: str = ""
    """Below this it can be listened to, while it is up here."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found."""

    search: CallSearch
    page: CallPage
    days: Sequence[DayTotal] = ()
    is_first: bool = True
    """The first page of it."""


class ReportPages:
    """Synchronous: a long call is rendered off the loop.

    Args:
        assets: What the pages load; laid into those that stand alone.
        prices: What calls cost; None where that is not shown.
    """

    def __init__(self, assets: Assets | None = None, prices: Prices | None = None) -> None:
        self._assets = assets or Assets()
        self._prices = prices
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def calls(self, found: Found, *, home_url: str, today: date, talk_url: str = "", agents_url: str = "") -> str:
        """The list of calls, with the ways to the page where one talks and to that of human agents, if there are."""
        calls = [listed(summary) for summary in found.page.calls]
        next_cursor = found.page.next_cursor
        return self._render(
            "calls.html",
            is_alone=False,
            home_url=home_url,
            talk_url=talk_url,
            agents_url=agents_url,
            search=found.search,
            live=[call for call in calls if call.is_live],
            calls=[call for call in calls if not call.is_live],
            shown=counted(len(calls), "call"),
            next_url=found.search.url(home_url, cursor=next_cursor) if next_cursor else "",
            first_url="" if found.is_first else found.search.url(home_url),
            days=day_costs(found.days, today),
            satisfactions=satisfactions_view(found.search.query.satisfaction),
            actions=actions_view(found.search.query.next_action),
        )

    def call(
        self,
        history: CallHistory,
        links: CallLinks,
        *,
        now: datetime,
        unheard: Mapping[int, str] | None = None,
        is_alone: bool = False,
    ) -> str:
        """One call.

        Args:
            history: The call.
            links: See there.
            now: Timezone-aware.
            unheard: What was cut off from answers, by turn, where the store does not know.
            is_alone: The page needs nothing else: style and script are in it.
        """
        call = history.call
        synthesis, action = history.synthesis, history.next_action
        working = call.ended_at is not None and synthesis is None and now - call.ended_at < _STILL_WORKING
        return self._render(
            "call.html",
            is_alone=is_alone,
            home_url=links.home,
            links=links,
            listen_url=self._assets.url("listen.js"),
            call=call_view(history),
            timeline=timeline(history, unheard or {}),
            claims=claims_view(history),
            reminders=reminders_view(history),
            synthesis=synthesis,
            is_working=working,
            satisfactions=satisfactions_view(synthesis.satisfaction if synthesis else None),
            next_action=action,
            actions=actions_view(action.action if action else None),
            cost=None if self._prices is None else call_bill(history, self._prices, now),
            # Ours; it escapes its texts.
            picture=Markup(latency_picture(history.turns, is_alone=False)),
            turns=turns_view(history.turns),
            stages=STAGES,
        )

    def message(self, heading: str, text: str, *, home_url: str, searches: bool = False) -> str:
        """A page that says one thing, and lets look for a call perhaps."""
        return self._render(
            "message.html", is_alone=False, heading=heading, text=text, home_url=home_url, searches=searches
        )

    def _render(self, template: str, *, is_alone: bool, **values: object) -> str:
        return self._templates.get_template(template).render(
            style_url="" if is_alone else self._assets.url("style.css"),
            style=Markup(self._assets["style.css"].text) if is_alone else "",
            script_url="" if is_alone else self._assets.url("report.js"),
            script=Markup(self._assets["report.js"].text) if is_alone else "",
            **values,
        )


def render_report(history: CallHistory, *, recording_url: str = "", unheard: Mapping[int, str] | None = None) -> str:
    """One call as a whole HTML page that needs nothing else.

    Args:
        history: The call.
        recording_url: Of its sound, relative to the page; empty when there is none.
        unheard: What was cut off from answers, by turn, where the store does not know.
    """
    now = history.call.ended_at or history.call.started_at
    return ReportPages().call(
        history, CallLinks(recording=recording_url), now=now + _STILL_WORKING, unheard=unheard, is_alone=True
    )

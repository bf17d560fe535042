"""What a job is about, and what is kept of the search."""

import json

from calls.desk import Told, labels_of
from pipeline.records import ToolCalled
from routing.happenings import JobQueued, OfferDeclined
from routing.values import Worker
from tests.support.fake_router import ANN, NOW, FakeRouter, accepted, desk_with, issued
from tests.support.telephone import Notes


def test_labels() -> None:
    """Short ones, and none for what is not known."""
    labels = labels_of(call_id="c", language="fr-FR", topic="t" * 300, satisfaction="")
    assert labels == {"CallId": "c", "Lang": "fr", "Topic": "t" * 100}
    assert labels_of(call_id="c", language="", topic="", satisfaction="low") == {"CallId": "c", "Satisfaction": "low"}


async def test_who_was_asked_and_why() -> None:
    """The scores with their reasons once, each offer and its answer, nothing twice."""
    notes = Notes()
    told = Told(desk_with(FakeRouter(ANN, Worker("ben")), notes), "c")
    declined = OfferDeclined("o-1", "c-1", "ann", NOW)
    for happening in (
        JobQueued("c-1", NOW),
        issued(),
        issued(),
        declined,
        issued("ben", "o-2"),
        accepted("ben", "o-2"),
    ):
        await told.happened(happening)
    rows = [each for each in notes.records if isinstance(each, ToolCalled)]
    assert [(each.name, each.result) for each in rows] == [
        ("score_humans", "Ann scored highest: 0.83 (by formula)"),
        ("offer_to_human", "asked"),
        ("offer_to_human", "declined"),
        ("offer_to_human", "asked"),
        ("offer_to_human", "accepted"),
    ]
    assert json.loads(rows[0].arguments) == {"Ann": "0.83: CSAT 2.8: 0.90", "ben": "0.40: slow"}
    assert [json.loads(each.arguments)["worker"] for each in rows[1:]] == ["Ann", "Ann", "ben", "ben"]

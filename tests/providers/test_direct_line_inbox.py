"""What comes from a bot: nothing twice, nothing lost, nothing that nobody wants any more."""

from providers.direct_line_activities import Activity, ActivitySet, Kind
from providers.direct_line_inbox import PENDING_MAX, Inbox

US = "dl_1"


def said(number: int, replies_to: str = "") -> Activity:
    """A message of the bot."""
    return Activity(Kind.MESSAGE, f"b{number}", sender="bot", replies_to=replies_to, text=str(number))


def rest(inbox: Inbox) -> list[str]:
    """The ids of all that is pending."""
    found = []
    while (activity := inbox.next()) is not None:
        found.append(activity.activity_id)
    return found


def test_in_order_and_once() -> None:
    """What is sent again after a break is known by its id, and the watermark is the last that was told."""
    inbox = Inbox(US)
    inbox.take(ActivitySet((said(1), said(2)), "2"))
    inbox.take(ActivitySet((said(1), said(2), said(3)), None))
    assert rest(inbox) == ["b1", "b2", "b3"]
    inbox.take(ActivitySet((said(2),), "3"))
    assert rest(inbox) == []
    assert inbox.watermark == "3"


def test_typing_has_no_id() -> None:
    """Each sign of it counts."""
    inbox = Inbox(US)
    inbox.take(ActivitySet((Activity(Kind.TYPING), Activity(Kind.TYPING))))
    assert rest(inbox) == ["", ""]


def test_what_is_ours_comes_back() -> None:
    """It is not said; nor is what is nothing to a call."""
    inbox = Inbox(US)
    ours = Activity(Kind.MESSAGE, "u1", sender=US)
    inbox.take(ActivitySet((ours, Activity(Kind.MESSAGE, "u2", is_user=True), Activity(Kind.OTHER, "o"))))
    assert rest(inbox) == []


def test_an_abandoned_turn() -> None:
    """Its answers are dropped, those that wait and those that come; others and deeds are kept."""
    inbox = Inbox(US)
    inbox.sending("first")
    inbox.take(ActivitySet((Activity(Kind.MESSAGE, "u1", sender=US, client_id="first"),)))
    end = Activity(Kind.END, "e", replies_to="u1")
    inbox.take(ActivitySet((said(1, "u1"), said(2), said(3, "u0"), end)))
    inbox.abandon("first")
    inbox.take(ActivitySet((said(4, "u1"), said(5), Activity(Kind.HAND_OFF, "h", replies_to="u1"))))
    assert rest(inbox) == ["b3", "e", "b5", "h"]


def test_a_turn_that_is_abandoned_before_its_id_is_known() -> None:
    """The id is known before the first answer: by the echo, or by what the request was answered with."""
    inbox = Inbox(US)
    inbox.sending("first")
    inbox.abandon("first")
    inbox.sent("first", "u1")
    inbox.take(ActivitySet((said(1, "u1"), said(2, "u2"))))
    assert rest(inbox) == ["b2"]


def test_late_answers() -> None:
    """They answer another turn of ours; what answers nothing that we know is no late answer."""
    inbox = Inbox(US)
    for name, activity_id in (("first", "u1"), ("second", "u2")):
        inbox.sending(name)
        inbox.sent(name, activity_id)
    inbox.sent("never sent", "u3")
    assert inbox.is_late(said(1, "u1"), "second")
    for replies_to in ("u2", "u3", ""):
        assert not inbox.is_late(said(1, replies_to), "second")


def test_what_is_put_back_comes_first() -> None:
    """It was not done."""
    inbox = Inbox(US)
    inbox.take(ActivitySet((said(1), said(2))))
    first = inbox.next()
    assert first is not None
    inbox.put_back(first)
    assert rest(inbox) == ["b1", "b2"]


def test_full() -> None:
    """There is an end to what is kept, and whoever reads stops there."""
    inbox = Inbox(US)
    inbox.take(ActivitySet(tuple(said(number) for number in range(PENDING_MAX))))
    assert inbox.is_full
    inbox.next()
    assert not inbox.is_full


def test_old_ids_are_forgotten() -> None:
    """A call of a whole day needs no more room than others."""
    inbox = Inbox(US)
    for number in range(2_001):
        inbox.take(ActivitySet((said(number),)))
        inbox.next()
    inbox.take(ActivitySet((said(2_000), said(0))))
    assert rest(inbox) == ["b0"]

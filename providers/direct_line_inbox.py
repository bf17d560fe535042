"""What has come from a bot and was not said yet: nothing twice, nothing lost. Sans-IO.

After a break the service sends again what was on its way: an activity is known by its id. Our own come
back as well, which tells the ids under which the bot answers them.

What a caller has interrupted is *abandoned*: its answers are not said, also those that come later. What
they would do is done nevertheless, since the bot has done its part of it.
"""

from collections import deque
from typing import Final

from providers.direct_line_activities import Activity, ActivitySet, Kind

_REMEMBERED: Final = 2_000
"""Overflow rule: the oldest ids are forgotten; the service never goes back so far."""
PENDING_MAX: Final = 100
"""Overflow rule: nothing more is read from the service as long as ``is_full``."""


class Inbox:
    """Of one conversation.

    Args:
        user_id: Ours.
    """

    def __init__(self, user_id: str) -> None:
        self._user_id = user_id
        self._pending: deque[Activity] = deque()  # bounded by PENDING_MAX, and what one message of the stream holds
        self._seen: dict[str, None] = {}
        self._sent: dict[str, str] = {}
        """Ids of what we have sent, by the name that we gave it; empty as long as it is not known."""
        self._abandoned: set[str] = set()
        """Names of ours."""
        self.watermark: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be taken."""
        return len(self._pending) >= PENDING_MAX

    def take(self, received: ActivitySet) -> None:
        """Keep what is new."""
        for activity in received.activities:
            if self._is_known(activity):
                continue
            if activity.is_user or activity.sender == self._user_id:
                self.sent(activity.client_id, activity.activity_id)
            elif activity.kind is not Kind.OTHER and not (activity.is_said and self._is_unwanted(activity)):
                self._pending.append(activity)
        if received.watermark is not None:
            self.watermark = received.watermark

    def next(self) -> Activity | None:
        """What is to be said or done next; None: nothing."""
        return self._pending.popleft() if self._pending else None

    def put_back(self, activity: Activity) -> None:
        """It is the next again."""
        self._pending.appendleft(activity)

    def sending(self, client_id: str) -> None:
        """This is on its way to the bot."""
        self._sent[client_id] = ""

    def sent(self, client_id: str, activity_id: str) -> None:
        """The service has this, under this id."""
        if client_id in self._sent and activity_id:
            self._sent[client_id] = activity_id

    def abandon(self, client_id: str) -> None:
        """Its answers are not wanted any more."""
        self._abandoned.add(client_id)
        unnamed = [each for each in self._pending if each.is_said and not each.replies_to]
        kept = [
            each for each in self._pending if each not in unnamed and not (each.is_said and self._is_unwanted(each))
        ]
        self._pending.clear()
        self._pending.extend(kept)

    def is_late(self, activity: Activity, client_id: str) -> bool:
        """Whether it answers something else than this, of ours: it was due earlier."""
        asked = activity.replies_to
        return bool(asked) and any(known == asked for name, known in self._sent.items() if name != client_id)

    def _is_unwanted(self, activity: Activity) -> bool:
        asked = activity.replies_to
        return bool(asked) and any(self._sent.get(name) == asked for name in self._abandoned)

    def _is_known(self, activity: Activity) -> bool:
        if not activity.activity_id:
            return False
        if activity.activity_id in self._seen:
            return True
        self._seen[activity.activity_id] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return False

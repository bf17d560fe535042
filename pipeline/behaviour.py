"""Behaviour: the settings that a call goes by, taken anew when a turn of the caller begins.

Never amid a turn: a wait that has begun ends as it began. Never for a frame: a reading
costs one call and a comparison, a few times a minute.
"""

from collections.abc import Callable
from dataclasses import replace

from pipeline.answering import Answering
from pipeline.listening import Listening
from pipeline.memory import Memory
from pipeline.services import ConversationSettings
from pipeline.turn_settings import TurnSettings
from pipeline.turns import Turns


def turn_settings(settings: ConversationSettings, *, prepares: bool) -> TurnSettings:
    """Those of the turn machine.

    Args:
        settings: See there.
        prepares: False where nothing can be prepared and thrown away: what a model that hears by
            itself has heard, it has heard.
    """
    return settings.turns if prepares else replace(settings.turns, speculation_max_per_turn=0)


class Behaviour:
    """Hands new settings to the stages of one call.

    Args:
        settings: Those that the stages were made with.
        current: Those of now; the same object for as long as nothing changes.
        turns, listening, answering, memory: Take them.
        prepares: See ``turn_settings``.
    """

    def __init__(
        self,
        settings: ConversationSettings,
        current: Callable[[], ConversationSettings],
        *,
        turns: Turns,
        listening: Listening,
        answering: Answering,
        memory: Memory,
        prepares: bool = True,
    ) -> None:
        self._settings = settings
        self._current = current
        self._turns = turns
        self._listening = listening
        self._answering = answering
        self._memory = memory
        self._prepares = prepares
        memory.behave(settings.options)

    def renew(self) -> None:
        """A turn of the caller begins: take what has changed since the last one."""
        settings = self._current()
        if settings is self._settings:
            return
        self._settings = settings
        self._turns.behave(turn_settings(settings, prepares=self._prepares))
        self._listening.behave(settings.segments)
        self._answering.behave(settings.openers)
        self._memory.behave(settings.options)

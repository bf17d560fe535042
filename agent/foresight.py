"""What a dialogue will be once the outputs of a reply have come true.

Within one reply each tool is to see what those before it have set, though nothing of it
has happened yet: it is worked out on a snapshot.
"""

from dataclasses import replace

from agent.assistant import FollowTopic, NewClaim, Output, SetLanguage, SetReminder, SetSpeed, UpdateClaim
from agent.dialogue import Dialogue


def foreseen(dialogue: Dialogue, output: Output) -> Dialogue:
    """The dialogue after this output; the same one if it changes nothing that a tool looks at."""
    match output:
        case UpdateClaim(field=field, value=value):
            return dialogue.with_claim(dialogue.claim.with_value(field, value))
        case NewClaim():
            return dialogue.with_new_claim()
        case SetReminder(reminder=reminder):
            return dialogue.with_reminder(reminder)
        case SetSpeed(speed=speed):
            return replace(dialogue, speed=speed)
        case SetLanguage(language=language):
            return replace(dialogue, language=language, is_language_chosen=True)
        case FollowTopic(state=state):
            return replace(dialogue, topic=state)
        case _:
            return dialogue

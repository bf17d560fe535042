"""The script of the pretended Realtime service."""

import pytest

from emulators.errors import ScriptNotFollowed
from emulators.realtime_script import RealtimeScript, Spoken


def test_steps_and_texts_are_taken_in_order() -> None:
    """Each once; then the script was followed."""
    script = RealtimeScript([Spoken("One."), Spoken("Two.")], ["a", None])
    assert [script.next_step(), script.next_step()] == [Spoken("One."), Spoken("Two.")]
    assert [script.next_heard(), script.next_heard()] == ["a", None]
    script.check()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (RealtimeScript([Spoken("One.")], []), "never asked for"),
        (RealtimeScript([], ["a"]), "never asked for"),
    ],
)
def test_what_is_left_is_told(script: RealtimeScript, message: str) -> None:
    """An answer that nobody asked for, a turn that nobody committed."""
    with pytest.raises(ScriptNotFollowed, match=message):
        script.check()


def test_a_script_may_repeat() -> None:
    """For ever, and then nothing is left over."""
    script = RealtimeScript([Spoken("One."), Spoken("Two.")], ["a"], repeats=True)
    assert [script.next_step() for _ in range(3)] == [Spoken("One."), Spoken("Two."), Spoken("One.")]
    assert [script.next_heard() for _ in range(2)] == ["a", "a"]
    script.check()


def test_what_is_too_much_is_told() -> None:
    """Both of an answer and of a turn."""
    script = RealtimeScript([], [])
    assert script.next_step() is None
    assert script.next_heard() is None
    with pytest.raises(ScriptNotFollowed, match=r"found no step; .* found no text"):
        script.check()

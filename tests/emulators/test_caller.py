"""The caller, tick by tick; no clock but the ticks."""

from emulators.audible import silent_frame
from emulators.caller import Caller, CallerFrame, PlayableStep, VoicedLine
from emulators.scenario import AfterAssistant, AfterAssistantStarted, At, Digits, HangUp, Line, Patience, Wait, When
from tests.emulators.answering_server import tone

SILENCE = silent_frame(16_000)
SOUND = tone(20)
PATIENCE = Patience(finished_gap_ms=100, answer_timeout_ms=400, farewell_timeout_ms=300)


def line(when: When | None = None) -> VoicedLine:
    """60 ms of tone, by default as soon as the assistant has finished."""
    return VoicedLine(Line("Hello.", when=when or AfterAssistant(0)), tone(60))


def caller_of(*steps: PlayableStep, max_duration_ms: int = 60_000) -> Caller:
    """A caller with little patience."""
    return Caller(steps, sample_rate_hz=16_000, silence=SILENCE, patience=PATIENCE, max_duration_ms=max_duration_ms)


def live(caller: Caller, heard: str) -> tuple[str, list[CallerFrame]]:
    """Let the caller hear a pattern: ``a`` for 20 ms of assistant, ``.`` for silence.

    Returns:
        What it did in the same notation: ``c`` speaks, ``.`` silent, digits, ``!`` hangs up.
    """
    frames = [caller.tick(SOUND if mark == "a" else SILENCE) for mark in heard]
    done = "".join("!" if f.hangs_up else f.digit or ("." if f.pcm == SILENCE else "c") for f in frames)
    return done, frames


def test_a_line_comes_after_the_assistant_has_finished() -> None:
    """100 ms of silence after speech mean that it has; silence before does not."""
    done, _ = live(caller_of(line()), "..aaa.........")
    assert done == ".........ccc.."


def test_a_short_pause_is_not_the_end() -> None:
    """Speech that goes on after 80 ms puts the line off."""
    done, _ = live(caller_of(line()), "aa....aa.......")
    assert done == "............ccc"


def test_the_pause_is_added_to_the_gap() -> None:
    """A thoughtful caller waits 60 ms longer."""
    done, _ = live(caller_of(line(when=AfterAssistant(60))), "aa...........")
    assert done == ".........ccc."


def test_the_sound_of_a_line_is_cut_into_frames() -> None:
    """Every sample is spoken, the last frame is filled with silence."""
    voiced = VoicedLine(Line("Hi.", when=At(0)), tone(50))
    _, frames = live(caller_of(voiced), "...")
    assert b"".join(frame.pcm for frame in frames) == tone(50) + bytes(320)


def test_the_next_line_waits_for_the_answer_to_this_one() -> None:
    """What was heard before the line's end is not its answer."""
    done, _ = live(caller_of(line(), line()), "aa.......aa........")
    assert done == "......ccc......ccc."


def test_an_interruption_begins_so_long_after_the_assistants_onset() -> None:
    """40 ms after its first audible frame, over its voice."""
    done, _ = live(caller_of(line(when=AfterAssistantStarted(40))), "...aaaaaa")
    assert done == ".....ccc."


def test_an_interruption_that_comes_too_late_is_noted() -> None:
    """The assistant was shorter than expected: the line is said all the same."""
    caller = caller_of(line(when=AfterAssistantStarted(500)))
    done, _ = live(caller, "aa........")
    assert done == "......ccc."
    assert caller.notes == ["the assistant had finished before it could be interrupted with Hello."]


def test_a_line_at_a_moment_does_not_listen() -> None:
    """It is said over whatever is heard."""
    done, _ = live(caller_of(line(when=At(80))), "aaaaaaaaa")
    assert done == "....ccc.."


def test_an_assistant_that_does_not_answer_is_noted() -> None:
    """After 400 ms without a sound the caller goes on."""
    caller = caller_of(line())
    done, _ = live(caller, "." * 25)
    assert done == "." * 20 + "ccc.."
    assert caller.notes == ["the assistant said nothing for 400 ms before Hello."]


def test_the_answer_is_awaited_from_the_last_sound_of_the_line() -> None:
    """Silence at the end of a recording counts as silence."""
    voiced = VoicedLine(Line("Hi.", when=At(0)), tone(40) + bytes(4 * 640))
    done, _ = live(caller_of(voiced, line()), "...a.........")
    assert done == "cc......ccc.."


def test_keys_are_pressed_one_after_the_other() -> None:
    """Every 200 ms one; the answer is awaited after the last."""
    done, _ = live(caller_of(Digits("1#", when=At(0)), line()), "a" + "." * 12 + "aa" + "." * 8)
    assert done == "1.........#........ccc."


def test_a_wait_counts_from_the_end_of_the_step_before() -> None:
    """And what is heard meanwhile counts as the answer."""
    done, _ = live(caller_of(line(when=At(0)), Wait(200), line()), "...aa..............")
    assert done == "ccc.........ccc...."


def test_hanging_up_is_a_step() -> None:
    """Once, and silence after it."""
    caller = caller_of(HangUp(AfterAssistant(0)))
    done, _ = live(caller, "aa..........")
    assert done == "......!....."
    assert caller.has_hung_up
    assert caller.notes == []


def test_the_caller_leaves_when_the_server_does_not() -> None:
    """300 ms after the assistant's last words, and says so."""
    caller = caller_of(line(when=At(0)))
    done, _ = live(caller, "...aa" + "." * 20)
    assert done == "ccc" + "." * 16 + "!....."
    assert caller.notes == ["hung up: the server did not within 300 ms of silence"]


def test_the_caller_leaves_when_nothing_was_said_at_all() -> None:
    """After waiting for an answer and a farewell."""
    done, _ = live(caller_of(line(when=At(0))), "." * 40)
    assert done.index("!") == 2 + (400 + 300) // 20


def test_no_call_lasts_for_ever() -> None:
    """An assistant that never stops speaking is left alone."""
    caller = caller_of(line(), max_duration_ms=200)
    done, _ = live(caller, "a" * 12)
    assert done == "." * 10 + "!."
    assert caller.notes == ["hung up: the call lasted 200 ms"]


def test_lines_are_placed_to_the_sample() -> None:
    """Where a line begins, and where its sound does."""
    voiced = VoicedLine(Line("Hi.", when=At(40)), bytes(200) + tone(20) + bytes(300))
    caller = caller_of(voiced)
    live(caller, "....")
    (spoken,) = caller.spoken
    assert (spoken.text, spoken.interrupts) == ("Hi.", False)
    assert spoken.start_sample == 2 * 320
    assert spoken.first_audible_sample == 2 * 320 + 100
    assert spoken.last_voiced_sample == 2 * 320 + 100 + 319


def test_what_was_not_said_is_known() -> None:
    """A line that was begun and not ended counts as well; waiting and hanging up do not."""
    caller = caller_of(line(At(0)), Wait(40), Digits("1", when=At(0)), HangUp(At(0)))
    unfinished: list[tuple[str, ...]] = []
    for heard in (".", "..", "......"):
        live(caller, heard)
        unfinished.append(caller.unfinished)
    assert unfinished == [("Hello.", "the keys 1"), ("the keys 1",), ()]

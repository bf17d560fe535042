import asyncio

from emulators.speech_script import Delayed, Faults, Lost, Partial, Phrase, Refused, ScriptedSpeechToText, Stalled
from pipeline.ports import Hypothesis

MS = 16


def test_faults_wait_for_their_turn() -> None:
    """A refusal is for an upgrade, the others are for streams of sound; the order is kept."""
    faults = Faults([Lost(100), Refused(503)])
    assert faults.next_refusal() is None
    assert faults.next_sound_fault() == Lost(100)
    assert faults.next_sound_fault() is None
    assert faults.unconsumed() == (Refused(503),)
    assert faults.next_refusal() == Refused(503)
    faults.add(Stalled())
    faults.add(Delayed(10))
    assert [faults.next_sound_fault(), faults.next_sound_fault(), faults.next_sound_fault()] == [
        Stalled(),
        Delayed(10),
        None,
    ]


async def told_in(script: ScriptedSpeechToText, finals: int, *sounds_ms: int) -> list[Hypothesis]:
    """Hear stretches of these lengths, half a second of silence after each."""
    recognition = await script.open("call")
    at = 0
    for sound_ms in sounds_ms:
        recognition.speech_started(at * MS)
        recognition.push(bytes(sound_ms * MS * 2))
        recognition.speech_paused((at + sound_ms) * MS)
        recognition.speech_stopped((at + sound_ms) * MS)
        recognition.push(bytes(500 * MS * 2))
        at += sound_ms + 500
    told = []
    async for hypothesis in recognition.hypotheses():
        told.append(hypothesis)
        if sum(one.is_final for one in told) == finals:
            await recognition.close()
    return told


async def test_stretches_say_what_the_script_says() -> None:
    """Partials where so much sound has come, one final each; what is over the script is counted."""
    script = ScriptedSpeechToText([Phrase("Hello.", (Partial(200, "hel"), Partial(900, "never")), final_delay_ms=1)])
    assert await told_in(script, 2, 400, 100) == [
        Hypothesis("hel", False, 0, 200 * MS),
        Hypothesis("Hello.", True, 0, 400 * MS),
        Hypothesis("", True, 900 * MS, 1_000 * MS),
    ]
    assert (script.unconsumed(), script.unexpected) == ((), 1)


async def test_a_stretch_that_was_broken_off_is_said_again() -> None:
    """The phrase is taken off with its final text only."""
    script = ScriptedSpeechToText([Phrase("Hello.")])
    recognition = await script.open("call")
    recognition.speech_started(0)
    await recognition.close()
    assert script.unconsumed() == (Phrase("Hello."),)
    async with asyncio.timeout(5):
        assert [one.text for one in await told_in(script, 1, 100)] == ["Hello."]

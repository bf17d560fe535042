from agent.assistant import EndCall, Expect, UpdateClaim
from media.playout import Heard
from pipeline.commands import Cause, StartReply
from pipeline.memory import Draft, Memory
from pipeline.records import AssistantSaid, CallerHeard, ClaimValueSet
from tests.support.fakes import AT, Records, empty_dialogue


def memory() -> tuple[Memory, Records]:
    records = Records()
    return Memory("c", empty_dialogue(), observer=records, utc_now=lambda: AT), records


def test_nothing_is_true_before_it_is_confirmed() -> None:
    """Words and effects wait; then they come true once, in order."""
    remembered, records = memory()
    draft = Draft(StartReply(1, Cause.ANSWER, "In Rome."))
    remembered.add_effect(draft, UpdateClaim("place", "Rome"))
    remembered.add_effect(draft, Expect("field:name", 1))
    assert records.seen == []
    remembered.confirm(draft)
    remembered.confirm(draft)
    assert [type(record) for record in records.seen] == [CallerHeard, ClaimValueSet]
    assert remembered.dialogue.claim.values == {"place": "Rome"}
    assert (remembered.dialogue.expecting, remembered.dialogue.attempts) == ("field:name", 1)
    assert [message.text for message in remembered.dialogue.messages] == ["In Rome."]


def test_an_effect_of_a_reply_that_is_heard_counts_at_once() -> None:
    """And the end of the call is noted for the turn machine."""
    remembered, records = memory()
    draft = Draft(StartReply(1, Cause.ANSWER, "x"))
    remembered.confirm(draft)
    remembered.add_effect(draft, UpdateClaim("name", "Ann"))
    remembered.add_effect(draft, EndCall())
    assert records.of(ClaimValueSet)[0].new_value == "Ann"
    assert draft.ends_call


def test_the_same_value_again_is_no_change() -> None:
    """A confirmation leaves no row."""
    remembered, records = memory()
    for _ in range(2):
        draft = Draft(StartReply(1, Cause.ANSWER, ""))
        remembered.add_effect(draft, UpdateClaim("name", "Ann"))
        remembered.confirm(draft)
    assert len(records.seen) == 1


def test_only_what_was_heard_was_said() -> None:
    """A reply that was cut before its first word leaves nothing."""
    remembered, records = memory()
    draft = Draft(StartReply(1, Cause.GREETING))
    remembered.assistant_said(draft, Heard(0, "", "Hello there.", 0), was_cut=True)
    assert records.seen == []
    remembered.assistant_said(draft, Heard(3_000, "Hello", "there.", 0), was_cut=True)
    (said,) = records.of(AssistantSaid)
    assert (said.text, said.unheard_text, said.was_interrupted) == ("Hello", "there.", True)
    assert remembered.dialogue.messages[-1].was_interrupted

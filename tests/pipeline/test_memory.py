from agent.assistant import EndCall, Expect, UpdateClaim
from media.playout import Heard
from pipeline.commands import Cause, StartReply
from pipeline.memory import Draft, Memory
from pipeline.records import AssistantSaid, CallerHeard, ClaimValueSet, LanguageIdentified
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
    assert [type(record) for record in records.seen] == [ClaimValueSet]
    remembered.settle()
    remembered.settle()
    assert [type(record) for record in records.seen] == [ClaimValueSet, CallerHeard]
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


def test_a_final_text_corrects_what_is_being_answered() -> None:
    """One row, with the right words; the dialogue has them too."""
    remembered, records = memory()
    draft = Draft(StartReply(1, Cause.ANSWER, "my name is ann"))
    remembered.confirm(draft)
    remembered.correct(1, "My name is Anne Miller.")
    remembered.assistant_said(draft, Heard(1, "Thank you.", "", 0), was_cut=False)
    assert [record.text for record in records.of(CallerHeard)] == ["My name is Anne Miller."]
    assert [message.text for message in remembered.dialogue.messages] == ["My name is Anne Miller.", "Thank you."]
    assert [type(record) for record in records.seen] == [CallerHeard, AssistantSaid]


def test_a_correction_that_comes_too_late_changes_no_row() -> None:
    """The row is written when the answer has been heard."""
    remembered, records = memory()
    draft = Draft(StartReply(1, Cause.ANSWER, "one"))
    remembered.confirm(draft)
    remembered.assistant_said(draft, Heard(1, "Ok.", "", 0), was_cut=False)
    remembered.correct(1, "two")
    remembered.settle()
    assert [record.text for record in records.of(CallerHeard)] == ["one"]


def test_words_that_come_after_their_answer_are_not_lost() -> None:
    """Nothing had been understood, and that was said; the words come a second later."""
    remembered, records = memory()
    draft = Draft(StartReply(1, Cause.ANSWER, ""))
    remembered.confirm(draft)
    remembered.correct(1, "In Cleveland.")
    remembered.correct(1, "In Cleveland, Ohio.")
    assert [record.text for record in records.of(CallerHeard)] == ["In Cleveland."]


def test_what_the_caller_speaks_is_remembered() -> None:
    """Told once for each change; who does not tell changes nothing."""
    remembered, records = memory()
    for language in ("", "en-US", "en-US", "fr-FR", ""):
        remembered.caller_speaks(language)
    assert remembered.dialogue.language == "fr-FR"
    assert [record.language for record in records.of(LanguageIdentified)] == ["en-US", "fr-FR"]

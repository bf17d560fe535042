"""Who is in a call, controlled with the real SDK."""

import pytest
from azure.communication.callautomation import CallParticipant, CommunicationUserIdentifier, PhoneNumberIdentifier
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from emulators.call_result import CallEnd
from emulators.network_script import PickUp, Reaction
from emulators.scenario import At, Line
from tests.emulators.controlled_call import COLLEAGUE, PERSON, SERVER, ControlledCall, controlled_call

TARGET = PhoneNumberIdentifier(COLLEAGUE)
OURS = PhoneNumberIdentifier(SERVER)


def raw_id_of(participant: CallParticipant | None) -> str | None:
    """Who it is."""
    assert participant is not None
    assert participant.identifier is not None
    return participant.identifier.raw_id


async def participants(call: ControlledCall) -> list[tuple[str | None, bool, bool]]:
    """Raw id, muted, on hold."""
    return [
        (raw_id_of(participant), bool(participant.is_muted), bool(participant.is_on_hold))
        async for participant in call.connection.list_participants()
    ]


async def test_the_person_is_in_the_call() -> None:
    """Listed, and to be asked for; nobody else is."""
    async with controlled_call() as call:
        assert await participants(call) == [(f"4:{PERSON}", False, False)]
        found = await call.connection.get_participant(call.person)
        assert raw_id_of(found) == f"4:{PERSON}"
        with pytest.raises(ResourceNotFoundError, match="Participant not found"):
            await call.connection.get_participant(TARGET)


async def test_a_colleague_is_added_and_leaves() -> None:
    """The call is still up: whoever was there before goes on."""
    async with controlled_call() as call:
        call.network.script.expect(COLLEAGUE, Reaction(after_s=0.02, stays_s=0.1))
        added = await call.connection.add_participant(
            TARGET, source_caller_id_number=OURS, operation_context="add", invitation_timeout=30
        )
        assert added.invitation_id
        assert raw_id_of(added.participant) == f"4:{COLLEAGUE}"
        joined = await call.callback("AddParticipantSucceeded")
        assert joined["operationContext"] == "add"
        assert joined["participant"]["rawId"] == f"4:{COLLEAGUE}"
        with_both = await call.callback("ParticipantsUpdated", 2)
        assert len(with_both["participants"]) == 2
        alone = await call.callback("ParticipantsUpdated", 3)
        assert [item["identifier"]["rawId"] for item in alone["participants"]] == [f"4:{PERSON}"]
        assert alone["sequenceNumber"] > with_both["sequenceNumber"]
        assert (await call.connection.get_call_properties()).call_connection_state == "connected"


async def test_a_colleague_who_does_not_answer() -> None:
    """AddParticipantFailed, with the reason."""
    async with controlled_call() as call:
        call.network.script.expect(COLLEAGUE, Reaction(PickUp.DECLINES))
        await call.connection.add_participant(TARGET, source_caller_id_number=OURS)
        failed = await call.callback("AddParticipantFailed")
        assert failed["resultInformation"]["subCode"] == 560603
        assert await participants(call) == [(f"4:{PERSON}", False, False)]


async def test_an_invitation_is_cancelled() -> None:
    """Once; the second time there is nothing to cancel."""
    async with controlled_call() as call:
        call.network.script.expect(COLLEAGUE, Reaction(after_s=60))
        added = await call.connection.add_participant(TARGET, source_caller_id_number=OURS)
        await call.connection.cancel_add_participant_operation(str(added.invitation_id), operation_context="cancel")
        cancelled = await call.callback("CancelAddParticipantSucceeded")
        assert (cancelled["invitationId"], cancelled["operationContext"]) == (added.invitation_id, "cancel")
        await call.connection.cancel_add_participant_operation(str(added.invitation_id))
        await call.callback("CancelAddParticipantFailed")


async def test_who_is_removed_may_be_the_last() -> None:
    """Without the person on the line there is no call."""
    async with controlled_call(hang_up=False) as call:
        await call.connection.remove_participant(TARGET, operation_context="nobody")
        failed = await call.callback("RemoveParticipantFailed")
        assert failed["operationContext"] == "nobody"
        await call.connection.remove_participant(call.person, operation_context="out")
        assert (await call.callback("RemoveParticipantSucceeded"))["operationContext"] == "out"
        await call.callback("CallDisconnected")
        assert (await call.result()).ended is CallEnd.REMOVED


async def test_who_is_muted_is_not_heard() -> None:
    """The frames are silent although the person speaks."""
    async with controlled_call(Line("a long tone" * 20, when=At(400)), hang_up=False) as call:
        await call.connection.mute_participant(call.person, operation_context="mute")
        assert await participants(call) == [(f"4:{PERSON}", True, False)]
        updated = await call.callback("ParticipantsUpdated", 2)
        assert updated["participants"][0]["isMuted"]
        frames = await call.server.frames(0, 60)
        await call.connection.hang_up(is_for_everyone=True)
        await call.result()
    assert all(message["audioData"]["silent"] for message in frames[1:60])


async def test_somebody_who_is_unknown_cannot_be_muted() -> None:
    """404."""
    async with controlled_call() as call:
        with pytest.raises(ResourceNotFoundError):
            await call.connection.mute_participant(CommunicationUserIdentifier("8:acs:nobody"))


async def test_a_telephone_is_not_added_without_a_number_to_show() -> None:
    """400."""
    async with controlled_call() as call:
        with pytest.raises(HttpResponseError, match="sourceCallerIdNumber"):
            await call.connection.add_participant(TARGET)


async def test_somebody_on_the_line_is_not_added_again() -> None:
    """400."""
    async with controlled_call() as call:
        with pytest.raises(HttpResponseError, match="is in the call"):
            await call.connection.add_participant(call.person, source_caller_id_number=OURS)

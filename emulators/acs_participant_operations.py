"""Call Automation's operations on who is in a call."""

import uuid

from emulators.acs_call_operations import CALLS
from emulators.acs_call_requests import (
    AddParticipantRequest,
    CancelAddRequest,
    MuteRequest,
    RemoveParticipantRequest,
    check_identifier,
    check_operation_callback,
    read_add,
)
from emulators.acs_operation import Operation, Reply, SignedRequest
from emulators.acs_requests import bad_request, read_body
from emulators.call_events import operation_event, participants_updated
from emulators.network_script import NetworkScript, Outcome, PickUp, Reaction
from emulators.switchboard import Leg, Participant, Switchboard

CANCELLED = Outcome(487, 560487, "Request Terminated. The invitation was cancelled.")
UNKNOWN_INVITATION = Outcome(400, 8523, "The invitation is unknown, or was answered before.")
NOT_THERE = Outcome(404, 8522, "Participant not found in the call.")


class ParticipantOperations:
    """What may be asked of those in a call."""

    def __init__(self, switchboard: Switchboard, script: NetworkScript) -> None:
        self._switchboard = switchboard
        self._script = script

    def table(self) -> list[Operation]:
        """Every operation, and how it is asked for."""
        path = f"{CALLS}/{{id}}/participants"
        return [
            Operation("add_participant", "POST", f"{path}:add", self._add),
            Operation("remove_participant", "POST", f"{path}:remove", self._remove),
            Operation("cancel_add_participant", "POST", f"{path}:cancelAddParticipant", self._cancel),
            Operation("mute_participant", "POST", f"{path}:mute", self._mute),
            Operation("participants", "GET", path, self._list),
            Operation("participant", "GET", f"{path}/{{raw_id}}", self._get),
        ]

    def _leg(self, request: SignedRequest) -> Leg:
        return self._switchboard.connection(request.path_parameters["id"])

    def _list(self, request: SignedRequest) -> Reply:
        participants = [participant.described() for participant in self._leg(request).participants.values()]
        return Reply(200, {"value": participants, "nextLink": None})

    def _get(self, request: SignedRequest) -> Reply:
        return Reply(200, self._leg(request).participant(request.path_parameters["raw_id"]).described())

    def _mute(self, request: SignedRequest) -> Reply:
        mute = read_body(request.body, MuteRequest)
        if len(mute.target_participants) != 1:
            raise bad_request("targetParticipants: exactly one")
        check_identifier(mute.target_participants[0], "targetParticipants[0]")
        leg = self._leg(request)
        leg.established()
        participant = leg.participant(mute.target_participants[0].raw)
        if not participant.is_muted:
            participant.is_muted = True
            leg.sequence_number += 1
            leg.player.post(participants_updated(leg))
        return Reply(200, {"operationContext": mute.operation_context})

    def _add(self, request: SignedRequest) -> Reply:
        add = read_add(request.body)
        who, leg = add.participant_to_add, self._leg(request)
        leg.established()
        if who.raw in leg.participants:
            raise bad_request("participantToAdd: is in the call")
        invitation_id = str(uuid.uuid4())
        leg.invitations[invitation_id] = who
        leg.player.hear("inviting", who.raw)
        reaction = self._script.reaction_of(who.number or who.raw)
        if reaction.after_s > add.invitation_timeout_in_seconds:
            reaction = Reaction(PickUp.NO_ANSWER, after_s=add.invitation_timeout_in_seconds)
        leg.player.later(reaction.after_s, lambda: _reacted(leg, add, invitation_id, reaction))
        participant = Participant(who.described()).described()
        return Reply(
            202,
            {"participant": participant, "invitationId": invitation_id, "operationContext": add.operation_context},
        )

    def _cancel(self, request: SignedRequest) -> Reply:
        cancel = read_body(request.body, CancelAddRequest)
        check_operation_callback(cancel.operation_callback_uri)
        leg = self._leg(request)
        who = leg.invitations.pop(cancel.invitation_id, None)
        name, outcome = "CancelAddParticipantSucceeded", Outcome()
        if who is None:
            name, outcome = "CancelAddParticipantFailed", UNKNOWN_INVITATION
        details = {"invitationId": cancel.invitation_id}
        event = operation_event(leg, name, cancel.operation_context, outcome, details)
        leg.player.post(event, cancel.operation_callback_uri)
        return Reply(202, {"invitationId": cancel.invitation_id, "operationContext": cancel.operation_context})

    def _remove(self, request: SignedRequest) -> Reply:
        remove = read_body(request.body, RemoveParticipantRequest)
        check_identifier(remove.participant_to_remove, "participantToRemove")
        check_operation_callback(remove.operation_callback_uri)
        leg = self._leg(request)
        leg.established()
        leg.player.later(0.0, lambda: _removed(leg, remove))
        return Reply(202, {"operationContext": remove.operation_context})


def _reacted(leg: Leg, add: AddParticipantRequest, invitation_id: str, reaction: Reaction) -> None:
    """The invited number answers, or does not."""
    if leg.invitations.pop(invitation_id, None) is None:
        return  # cancelled
    who, outcome = add.participant_to_add, reaction.outcome
    leg.player.hear("joined" if outcome.is_success else "not_joined", who.raw)
    name = "AddParticipantSucceeded" if outcome.is_success else "AddParticipantFailed"
    if outcome.is_success:
        leg.participants[who.raw] = Participant(who.described())
        leg.sequence_number += 1
        leg.player.post(participants_updated(leg))
        if reaction.stays_s is not None:
            leg.player.later(reaction.stays_s, lambda: _left(leg, who.raw))
    event = operation_event(leg, name, add.operation_context, outcome, {"participant": who.described()})
    leg.player.post(event, add.operation_callback_uri)


def _removed(leg: Leg, remove: RemoveParticipantRequest) -> None:
    who = remove.participant_to_remove
    is_there = who.raw in leg.participants
    name = "RemoveParticipantSucceeded" if is_there else "RemoveParticipantFailed"
    outcome = Outcome() if is_there else NOT_THERE
    event = operation_event(leg, name, remove.operation_context, outcome, {"participant": who.described()})
    leg.player.post(event, remove.operation_callback_uri)
    if is_there:
        _left(leg, who.raw)


def _left(leg: Leg, raw_id: str) -> None:
    """Somebody is out of the call; without the person on the line there is no call."""
    if raw_id not in leg.participants:
        return
    leg.leave(raw_id)
    leg.player.hear("left", raw_id)
    leg.player.post(participants_updated(leg))
    if leg.person_raw_id not in leg.participants:
        leg.player.left_alone("removed")

"""Call Automation's operations on whole calls: take, place, leave, hand over."""

from emulators.acs_call_requests import (
    RedirectRequest,
    RejectRequest,
    TransferRequest,
    check_identifier,
    read_create,
    read_transfer,
)
from emulators.acs_operation import Operation, Reply, SignedRequest
from emulators.acs_requests import bad_request, read_answer, read_body
from emulators.call_events import operation_event, participants_updated
from emulators.network_script import NetworkScript, Outcome
from emulators.switchboard import Leg, LegState, Switchboard, phone_identifier

CALLS = "/calling/callConnections"


class CallOperations:
    """What may be asked of whole calls."""

    def __init__(self, switchboard: Switchboard, script: NetworkScript) -> None:
        self._switchboard = switchboard
        self._script = script

    def table(self) -> list[Operation]:
        """Every operation, and how it is asked for."""
        return [
            Operation("answer", "POST", f"{CALLS}:answer", self._answer),
            Operation("create", "POST", CALLS, self._create),
            Operation("reject", "POST", f"{CALLS}:reject", self._reject),
            Operation("redirect", "POST", f"{CALLS}:redirect", self._redirect),
            Operation("terminate", "POST", f"{CALLS}/{{id}}:terminate", self._hang_up),
            Operation("transfer", "POST", f"{CALLS}/{{id}}:transferToParticipant", self._transfer),
            Operation("properties", "GET", f"{CALLS}/{{id}}", self._properties),
            Operation("hang_up", "DELETE", f"{CALLS}/{{id}}", self._hang_up),
        ]

    def _answer(self, request: SignedRequest) -> Reply:
        answer = read_answer(request.body)
        leg = self._switchboard.ringing(answer.incoming_call_context)
        leg.take_answer(answer)
        return Reply(200, leg.properties())

    def _create(self, request: SignedRequest) -> Reply:
        create = read_create(request.body)
        if not create.targets[0].number:
            raise bad_request("targets[0]: this emulator calls telephone numbers only")
        return Reply(201, self._switchboard.place(create).properties())

    def _reject(self, request: SignedRequest) -> Reply:
        reject = read_body(request.body, RejectRequest)
        self._switchboard.ringing(reject.incoming_call_context).refuse(f"rejected: {reject.call_reject_reason}")
        return Reply(204)

    def _redirect(self, request: SignedRequest) -> Reply:
        redirect = read_body(request.body, RedirectRequest)
        check_identifier(redirect.target, "target")
        self._switchboard.ringing(redirect.incoming_call_context).refuse("redirected")
        return Reply(204)

    def _properties(self, request: SignedRequest) -> Reply:
        return Reply(200, self._switchboard.connection(request.path_parameters["id"]).properties())

    def _hang_up(self, request: SignedRequest) -> Reply:
        # With one person in the call, leaving and terminating end it alike; with more, the
        # server is out of it either way, and that is where our line ends.
        self._switchboard.connection(request.path_parameters["id"]).hang_up()
        return Reply(204)

    def _transfer(self, request: SignedRequest) -> Reply:
        transfer = read_transfer(request.body)
        leg = self._switchboard.connection(request.path_parameters["id"])
        leg.established()
        transferee = _transferee(leg, transfer)
        leg.state = LegState.TRANSFERRING
        leg.player.hear("transferring", transfer.target_participant.raw)
        reaction = self._script.reaction_of(transfer.target_participant.number or transfer.target_participant.raw)
        leg.player.later(reaction.after_s, lambda: _transferred(leg, transfer, transferee, reaction.outcome))
        return Reply(202, {"operationContext": transfer.operation_context})


def _transferee(leg: Leg, transfer: TransferRequest) -> str:
    """The raw id of whoever is to be handed over: in a call of two there is no choice."""
    if transfer.transferee is not None:
        leg.participant(transfer.transferee.raw)
        return transfer.transferee.raw
    if len(leg.participants) > 1:
        raise bad_request("transferee: is needed, there are more than two in this call")
    return leg.person_raw_id


def _transferred(leg: Leg, transfer: TransferRequest, transferee: str, outcome: Outcome) -> None:
    """The target has reacted."""
    if leg.state is not LegState.TRANSFERRING:
        return  # the server hung up meanwhile
    leg.state = LegState.CONNECTED
    context, url = transfer.operation_context, transfer.operation_callback_uri
    if not outcome.is_success:
        leg.player.hear("transfer_failed", transfer.target_participant.raw)
        leg.player.post(operation_event(leg, "CallTransferFailed", context, outcome), url)
        return
    leg.player.hear("transferred", transfer.target_participant.raw)
    details = {"transferTarget": transfer.target_participant.described(), "transferee": _described(leg, transferee)}
    leg.player.post(operation_event(leg, "CallTransferAccepted", context, outcome, details), url)
    leg.leave(transferee)
    if leg.participants:
        leg.player.post(participants_updated(leg))
    else:
        leg.player.left_alone("transferred")


def _described(leg: Leg, raw_id: str) -> dict[str, object]:
    known = leg.participants.get(raw_id)
    return dict(known.identifier) if known else phone_identifier(leg.person)

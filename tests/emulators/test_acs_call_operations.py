"""Whole calls, controlled with the real SDK: placed, refused, left, handed over."""

import asyncio

import pytest
from azure.communication.callautomation import PhoneNumberIdentifier
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from emulators.acs_rest import RestFault
from emulators.call_result import CallEnd, CallResult
from emulators.network_script import PickUp, Reaction
from emulators.scenario import At, HangUp, Line, Scenario
from tests.emulators.controlled_call import COLLEAGUE, PERSON, SERVER, Rig, controlled_call, rig
from tests.emulators.tone_voice import ToneVoice

TARGET = PhoneNumberIdentifier(COLLEAGUE)
OURS = PhoneNumberIdentifier(SERVER)


async def create(up: Rig, number: str = PERSON) -> str:
    """Place a call; return its connection id."""
    properties = await up.client.create_call(
        PhoneNumberIdentifier(number),
        up.callback_url,
        source_caller_id_number=OURS,
        source_display_name="Assistant",
        operation_context="outbound",
        media_streaming=up.streaming(),
    )
    assert properties.call_connection_state == "connecting"
    return str(properties.call_connection_id)


async def test_a_call_that_the_server_places() -> None:
    """It rings, is answered, carries sound both ways, and is hung up by the caller."""
    async with rig() as up:
        steps = (Line("Hello.", when=At(0)), HangUp(At(400)))
        expected = await up.network.expect_call(PERSON, Scenario("callee", steps), voice=ToneVoice())
        call_id = await create(up)
        result = await expected.result()
    assert result.ended is CallEnd.CALLER
    assert result.is_ok, result.protocol_errors
    assert result.call_connection_id == call_id
    assert up.server.names == [
        "CallConnected",
        "ParticipantsUpdated",
        "MediaStreamingStarted",
        "MediaStreamingStopped",
        "CallDisconnected",
    ]
    assert up.server.callbacks[0]["operationContext"] == "outbound"
    assert up.server.media_headers[0]["x-ms-call-connection-id"] == call_id
    messages = up.server.media_messages[0]
    assert messages[0]["kind"] == "AudioMetadata"
    assert messages[1]["audioData"]["participantRawID"] == f"4:{PERSON}"
    assert not messages[1]["audioData"]["silent"]


@pytest.mark.parametrize(
    ("pick_up", "sub_code"),
    [(PickUp.DECLINES, 560603), (PickUp.BUSY, 560486), (PickUp.NO_ANSWER, 560480), (PickUp.UNKNOWN, 560404)],
)
async def test_a_placed_call_that_is_not_taken(pick_up: PickUp, sub_code: int) -> None:
    """CreateCallFailed says why, and the call is gone."""
    async with rig() as up:
        expected = await up.network.expect_call(PERSON, reaction=Reaction(pick_up))
        call_id = await create(up)
        event = await up.server.callback("CreateCallFailed")
        assert (await expected.result()).ended is CallEnd.NOT_TAKEN
        with pytest.raises(ResourceNotFoundError):
            await up.client.get_call_connection(call_id).get_call_properties()
    assert event["resultInformation"]["subCode"] == sub_code
    assert event["callConnectionId"] == call_id
    assert up.server.names == ["CreateCallFailed"]


async def test_a_lost_reply_places_one_call() -> None:
    """The SDK repeats the request with its repeatability id: the telephone rings once."""
    async with rig() as up:
        expected = await up.network.expect_call(PERSON, Scenario("callee", (HangUp(At(0)),)))
        up.network.fail_next(RestFault("create", after_effect=True))
        call_id = await create(up)
        assert (await expected.result()).call_connection_id == call_id
        assert len(up.network.legs) == 1


async def test_a_number_that_nobody_spoke_of_is_unknown() -> None:
    """A test says beforehand whom the server may call."""
    async with rig() as up:
        await create(up, COLLEAGUE)
        assert (await up.server.callback("CreateCallFailed"))["resultInformation"]["code"] == 404


async def test_a_placed_call_can_be_left_while_it_rings() -> None:
    """Nobody answers any more."""
    async with rig() as up:
        expected = await up.network.expect_call(PERSON, reaction=Reaction(after_s=60))
        call_id = await create(up)
        await up.client.get_call_connection(call_id).hang_up(is_for_everyone=True)
        await up.server.callback("CallDisconnected")
        assert (await expected.result()).ended is CallEnd.SERVER
    assert up.server.names == ["CallDisconnected"]


async def test_a_telephone_is_not_called_without_a_number_to_show() -> None:
    """400, as the service wants it."""
    async with rig() as up:
        with pytest.raises(HttpResponseError, match="sourceCallerIdNumber") as caught:
            await up.client.create_call(PhoneNumberIdentifier(PERSON), up.callback_url)
        assert caught.value.status_code == 400


@pytest.mark.parametrize("how", ["reject", "redirect"])
async def test_a_call_that_is_refused(how: str) -> None:
    """It ends for the caller, without callbacks; it cannot be answered any more."""
    async with rig() as up, asyncio.TaskGroup() as tasks:
        call = up.network.call(Scenario("s", ()), voice=ToneVoice(), webhook_url=up.webhook_url())
        placed: asyncio.Task[CallResult] = tasks.create_task(call)
        context = await up.server.contexts.get()
        if how == "reject":
            await up.client.reject_call(context, call_reject_reason="busy")
        else:
            await up.client.redirect_call(context, TARGET)
        result = await placed
        with pytest.raises(ResourceNotFoundError):
            await up.client.answer_call(context, up.callback_url)
    assert result.ended is CallEnd.REFUSED
    assert up.server.callbacks == []


async def test_a_transfer_that_is_accepted() -> None:
    """Accepted, the stream stops, the call is gone: the order of the service."""
    async with controlled_call(hang_up=False) as call:
        call.network.script.expect(COLLEAGUE, Reaction(after_s=0.05))
        answer = await call.connection.transfer_call_to_participant(
            TARGET,
            operation_context="hand-over",
            sip_headers={"X-MS-Custom-summary": "a burst pipe"},
            source_caller_id_number=OURS,
        )
        assert answer.operation_context == "hand-over"
        assert (await call.connection.get_call_properties()).call_connection_state == "transferring"
        await call.callback("CallDisconnected")
        result = await call.result()
    assert result.ended is CallEnd.TRANSFERRED
    assert result.is_ok, result.protocol_errors
    assert call.server.names[-3:] == ["CallTransferAccepted", "MediaStreamingStopped", "CallDisconnected"]
    accepted = await call.callback("CallTransferAccepted")
    assert accepted["operationContext"] == "hand-over"
    assert accepted["transferTarget"]["rawId"] == f"4:{COLLEAGUE}"
    assert accepted["transferee"]["rawId"] == f"4:{PERSON}"


@pytest.mark.parametrize(("pick_up", "code"), [(PickUp.DECLINES, 603), (PickUp.NO_ANSWER, 480), (PickUp.BUSY, 486)])
async def test_a_transfer_that_fails_leaves_the_call_up(pick_up: PickUp, code: int) -> None:
    """The server is told why, and talks on."""
    async with controlled_call() as call:
        call.network.script.expect(COLLEAGUE, Reaction(pick_up))
        await call.connection.transfer_call_to_participant(TARGET, operation_context="hand-over")
        failed = await call.callback("CallTransferFailed")
        assert (await call.connection.get_call_properties()).call_connection_state == "connected"
    assert failed["resultInformation"]["code"] == code
    assert failed["operationContext"] == "hand-over"
    assert (await call.result()).ended is CallEnd.SERVER


async def test_a_scenario_says_what_numbers_do() -> None:
    """First declined, then accepted."""
    numbers = ((COLLEAGUE, Reaction(PickUp.DECLINES)), (COLLEAGUE, Reaction()))
    scenario = Scenario("handed over", (HangUp(At(60_000)),), caller_number=PERSON, numbers=numbers)
    async with rig() as up, asyncio.TaskGroup() as tasks:
        placed = tasks.create_task(up.network.call(scenario, voice=ToneVoice(), webhook_url=up.webhook_url()))
        context = await up.server.contexts.get()
        properties = await up.client.answer_call(context, up.callback_url, media_streaming=up.streaming())
        await up.server.callback("MediaStreamingStarted")
        connection = up.client.get_call_connection(str(properties.call_connection_id))
        await connection.transfer_call_to_participant(TARGET)
        await up.server.callback("CallTransferFailed")
        await connection.transfer_call_to_participant(TARGET)
        await up.server.callback("CallDisconnected")
        assert (await placed).ended is CallEnd.TRANSFERRED


async def test_the_result_of_an_operation_goes_where_the_operation_says() -> None:
    """``operationCallbackUri`` redirects that one event."""
    async with controlled_call() as call:
        call.network.script.expect(COLLEAGUE, Reaction(PickUp.BUSY))
        url = f"{call.callback_url}/transfer"
        await call.connection.transfer_call_to_participant(TARGET, operation_callback_url=url)
        assert (await call.callback("CallTransferFailed"))["path"] == "/callbacks/transfer"


async def test_nothing_else_is_done_while_a_call_is_transferred() -> None:
    """8501; hanging up is possible, and then the target is not waited for."""
    async with controlled_call() as call:
        call.network.script.expect(COLLEAGUE, Reaction(after_s=60))
        await call.connection.transfer_call_to_participant(TARGET)
        with pytest.raises(HttpResponseError, match="Established"):
            await call.connection.transfer_call_to_participant(TARGET)
    assert (await call.result()).ended is CallEnd.SERVER


async def test_headers_that_the_service_does_not_pass_on_are_refused() -> None:
    """The name must be User-To-User or begin with X-MS-Custom-."""
    async with controlled_call() as call:
        with pytest.raises(HttpResponseError, match="'summary' is not User-To-User"):
            await call.connection.transfer_call_to_participant(TARGET, sip_headers={"summary": "x"})


async def test_a_call_that_is_gone_is_404() -> None:
    """For every operation."""
    async with controlled_call(HangUp(At(40)), hang_up=False) as call:
        await call.callback("CallDisconnected")
        with pytest.raises(ResourceNotFoundError, match="Call not found"):
            await call.connection.transfer_call_to_participant(TARGET)
        with pytest.raises(ResourceNotFoundError):
            await call.connection.start_media_streaming()
        with pytest.raises(ResourceNotFoundError):
            _ = [participant async for participant in call.connection.list_participants()]

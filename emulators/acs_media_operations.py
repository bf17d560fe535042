"""Call Automation's operations on the media of a call: play, keys, hold, streaming.

The emulator has no voice of the service's: what is played is a tone as long as the
words would take, so that the person on the line hears that something was said.
"""

from emulators.acs_call_operations import CALLS
from emulators.acs_media_requests import (
    KEYS,
    TONES,
    PlayRequest,
    TargetRequest,
    read_hold,
    read_operation,
    read_play,
    read_target,
    read_tones,
)
from emulators.acs_operation import Operation, Reply, SignedRequest
from emulators.acs_requests import bad_request
from emulators.call_events import operation_event, participants_updated, tone_received
from emulators.network_script import NetworkScript, Outcome
from emulators.switchboard import Leg, Switchboard, ToneSubscription

SPOKEN_MS_PER_CHARACTER = 60
"""About 17 characters a second, as people speak."""
FILE_MS = 1000
"""How long a file is taken to be: it is not fetched."""
CANCELLED = Outcome(400, 8508, "Action falied, the operation was cancelled.")
"""As the service spells it."""


class MediaOperations:
    """What may be asked of the media of a call."""

    def __init__(self, switchboard: Switchboard, script: NetworkScript) -> None:
        self._switchboard = switchboard
        self._script = script

    def table(self) -> list[Operation]:
        """Every operation, and how it is asked for."""
        call = f"{CALLS}/{{id}}"
        return [
            Operation("play", "POST", f"{call}:play", self._play),
            Operation("cancel_media", "POST", f"{call}:cancelAllMediaOperations", self._cancel_media),
            Operation("start_tones", "POST", f"{call}:startContinuousDtmfRecognition", self._start_tones),
            Operation("stop_tones", "POST", f"{call}:stopContinuousDtmfRecognition", self._stop_tones),
            Operation("send_tones", "POST", f"{call}:sendDtmfTones", self._send_tones),
            Operation("hold", "POST", f"{call}:hold", self._hold),
            Operation("unhold", "POST", f"{call}:unhold", self._unhold),
            Operation("start_media_streaming", "POST", f"{call}:startMediaStreaming", self._start_streaming),
            Operation("stop_media_streaming", "POST", f"{call}:stopMediaStreaming", self._stop_streaming),
        ]

    def _leg(self, request: SignedRequest) -> Leg:
        leg = self._switchboard.connection(request.path_parameters["id"])
        leg.established()
        return leg

    def _play(self, request: SignedRequest) -> Reply:
        play = read_play(request.body)
        leg = self._leg(request)
        for target in play.play_to or ():
            leg.participant(target.raw)
        if play.interrupt_call_media_operation:
            _cancel_plays(leg)
        outcome = self._script.outcome_of("play")
        context, url = play.operation_context, play.operation_callback_uri
        if not outcome.is_success:
            event = operation_event(leg, "PlayFailed", context, outcome, {"failedPlaySourceIndex": 0})
            leg.player.later(0.0, lambda: leg.player.post(event, url))
            return Reply(202)
        leg.plays.append(play)
        if len(leg.plays) == 1:
            leg.player.later(0.0, lambda: _begin(leg, play))
        return Reply(202)

    def _cancel_media(self, request: SignedRequest) -> Reply:
        if request.body.strip() not in (b"", b"{}"):
            raise bad_request("cancelAllMediaOperations has no body")
        _cancel_plays(self._leg(request))
        return Reply(202)

    def _start_tones(self, request: SignedRequest) -> Reply:
        target = read_target(request.body)
        leg = self._leg(request)
        _check_person(leg, target)
        leg.tones = ToneSubscription(target.operation_context, target.operation_callback_uri)
        return Reply(200)

    def _stop_tones(self, request: SignedRequest) -> Reply:
        target = read_target(request.body)
        leg = self._leg(request)
        _check_person(leg, target)
        if leg.tones is not None:
            leg.tones = None
            event = operation_event(leg, "ContinuousDtmfRecognitionStopped", target.operation_context)
            leg.player.post(event, target.operation_callback_uri)
        return Reply(200)

    def _send_tones(self, request: SignedRequest) -> Reply:
        tones = read_tones(request.body)
        leg = self._leg(request)
        leg.participant(tones.target_participant.raw)
        outcome = self._script.outcome_of("send_tones")
        if outcome.is_success:
            leg.player.hear("tones", "".join(KEYS[tone] for tone in tones.tones))
        name = "SendDtmfTonesCompleted" if outcome.is_success else "SendDtmfTonesFailed"
        leg.player.post(operation_event(leg, name, tones.operation_context, outcome), tones.operation_callback_uri)
        return Reply(202, {"operationContext": tones.operation_context})

    def _hold(self, request: SignedRequest) -> Reply:
        hold = read_hold(request.body)
        leg = self._leg(request)
        participant = leg.participant(hold.target_participant.raw)
        outcome = self._script.outcome_of("hold")
        if not outcome.is_success:
            event = operation_event(leg, "HoldFailed", hold.operation_context, outcome)
            leg.player.post(event, hold.operation_callback_uri)
        elif not participant.is_on_hold:
            participant.is_on_hold = True
            _list_changed(leg)
        return Reply(200)

    def _unhold(self, request: SignedRequest) -> Reply:
        unhold = read_target(request.body)
        leg = self._leg(request)
        participant = leg.participant(unhold.target_participant.raw)
        if participant.is_on_hold:
            participant.is_on_hold = False
            _list_changed(leg)
        return Reply(200)

    def _start_streaming(self, request: SignedRequest) -> Reply:
        start = read_operation(request.body)
        leg = self._streamable(request)
        if leg.is_streaming:
            raise bad_request("media streaming has been started before")
        leg.player.start_streaming(start.operation_context, start.operation_callback_uri)
        return Reply(202)

    def _stop_streaming(self, request: SignedRequest) -> Reply:
        stop = read_operation(request.body)
        leg = self._streamable(request)
        if not leg.is_streaming:
            raise bad_request("media streaming is not started")
        leg.player.stop_streaming(stop.operation_context, stop.operation_callback_uri)
        return Reply(202)

    def _streamable(self, request: SignedRequest) -> Leg:
        leg = self._leg(request)
        if leg.streaming is None:
            raise bad_request("the call was answered without mediaStreamingOptions")
        return leg


def press(leg: Leg, key: str) -> None:
    """The person pressed a key: the server is told, if it wants to know."""
    if leg.tones is None:
        return
    leg.tones.tones += 1
    event = tone_received(leg, TONES[key], sequence_id=leg.tones.tones, context=leg.tones.context)
    leg.player.post(event, leg.tones.url)


def _begin(leg: Leg, play: PlayRequest) -> None:
    """A play has reached the head of the queue."""
    if play not in leg.plays:
        return  # cancelled
    leg.player.post(operation_event(leg, "PlayStarted", play.operation_context), play.operation_callback_uri)
    _sound(leg, play)


def _sound(leg: Leg, play: PlayRequest) -> None:
    duration_ms = sum(len(source.words) * SPOKEN_MS_PER_CHARACTER or FILE_MS for source in play.play_sources)
    leg.player.play(duration_ms)
    leg.player.later(duration_ms / 1000, lambda: _end(leg, play))


def _end(leg: Leg, play: PlayRequest) -> None:
    if play not in leg.plays:
        return  # cancelled
    if play.play_options is not None and play.play_options.loop:
        _sound(leg, play)
        return
    leg.plays.remove(play)
    leg.player.post(operation_event(leg, "PlayCompleted", play.operation_context), play.operation_callback_uri)
    if leg.plays:
        _begin(leg, leg.plays[0])


def _cancel_plays(leg: Leg) -> None:
    cancelled, leg.plays = leg.plays, []
    if cancelled:
        leg.player.play(0)
    for play in cancelled:
        event = operation_event(leg, "PlayCanceled", play.operation_context, CANCELLED)
        leg.player.post(event, play.operation_callback_uri)


def _check_person(leg: Leg, target: TargetRequest) -> None:
    """Refuse to listen for the keys of anybody but the person on the line."""
    leg.participant(target.target_participant.raw)
    if target.target_participant.raw != leg.person_raw_id:
        raise bad_request("targetParticipant: this emulator hears the keys of the person on the line only")


def _list_changed(leg: Leg) -> None:
    leg.sequence_number += 1
    leg.player.post(participants_updated(leg))

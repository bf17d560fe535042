"""Recordings of calls: listed, and fetched whole or in parts."""

import asyncio
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from stores.records import CallHistory
from stores.store import Store
from web.api.answers import json_response
from web.api.call_path import call_parameter, find_call, no_call
from web.api.call_view import OWN, recording_get
from web.api.examples import recording_example
from web.api.models import RecordingGet, RecordingsGet
from web.api.operations import Answer, Operation, Parameter
from web.errors import RequestRefused, error_response
from web.report import recording_path

_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.ASCII)


def recordings_of(history: CallHistory, folder: Path) -> list[RecordingGet]:
    """The recordings of a call, ours first. Looks at files: run it off the loop."""
    call = history.call
    own = recording_path(folder, call.call_id)
    shown = [recording_get(call, OWN, own, None)] if own else []
    for place, recording in enumerate(history.recordings, start=1):
        path = recording_path(folder, recording.file_name.removesuffix(".wav")) if recording.file_name else None
        shown.append(recording_get(call, f"service-{place}", path, recording))
    return shown


def recording_file(history: CallHistory, folder: Path, recording_id: str) -> Path | None:
    """The file of a recording; None: there is none, or it is not here. Looks at files."""
    if recording_id == OWN:
        return recording_path(folder, history.call.call_id)
    for place, recording in enumerate(history.recordings, start=1):
        if recording_id == f"service-{place}" and recording.file_name:
            return recording_path(folder, recording.file_name.removesuffix(".wav"))
    return None


class WavResponse(FileResponse):
    """A file, or one part of it (RFC 9110): a range that is none, or several of them, are answered with the whole."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        ranges = [value.decode("latin-1") for name, value in scope["headers"] if name == b"range"]
        found = _RANGE.fullmatch(ranges[0].strip()) if len(ranges) == 1 else None
        if found is not None and _is_range(found):
            size = (await asyncio.to_thread(Path(self.path).stat)).st_size
            if not _is_within(found, size):
                told = {"content-range": f"bytes */{size}"}
                refusal = error_response(416, "The recording has no such part", [f"it has {size} bytes"], told)
                await refusal(scope, receive, send)
                return
            headers.append((b"range", found[0].encode()))
        await super().__call__({**scope, "headers": headers}, receive, send)


def _is_range(found: re.Match[str]) -> bool:
    return not (found[1] and found[2] and int(found[2]) < int(found[1]))


def _is_within(found: re.Match[str], size: int) -> bool:
    return int(found[3]) > 0 and size > 0 if found[3] else int(found[1]) < size


class Recordings:
    """Serves recordings.

    Args:
        store: Knows the calls.
        folder: Where the files are.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

    async def listed(self, request: Request) -> Response:
        """``GET /call/{call}/recording``."""
        history = await find_call(self._store, request)
        return json_response(RecordingsGet(recordings=await asyncio.to_thread(recordings_of, history, self._folder)))

    async def fetched(self, request: Request) -> Response:
        """``GET /call/{call}/recording/{recording}``."""
        history = await find_call(self._store, request)
        path = await asyncio.to_thread(recording_file, history, self._folder, request.path_params["recording"])
        if path is None:
            raise RequestRefused(404, "There is no such recording here")
        return WavResponse(path, media_type="audio/wav", headers={"cache-control": "no-store"}, filename=path.name)


def recording_operations(recordings: Recordings) -> list[Operation]:
    """What can be done with recordings."""
    sound = {"type": "string", "format": "binary"}
    return [
        Operation(
            method="GET",
            path="/call/{call}/recording",
            endpoint=recordings.listed,
            operation_id="listRecordings",
            tag="recordings",
            summary="List the recordings of a call",
            description="Ours is there as long as it is kept; one of a call that is up is still growing.",
            parameters=[call_parameter()],
            answers={
                200: Answer(
                    description="The recordings.", model=RecordingsGet, example={"recordings": [recording_example()]}
                ),
                404: no_call(),
            },
        ),
        Operation(
            method="GET",
            path="/call/{call}/recording/{recording}",
            endpoint=recordings.fetched,
            operation_id="getRecording",
            tag="recordings",
            summary="Fetch a recording",
            description="WAV. One range of bytes can be asked for; several, or a malformed one, get the whole.",
            parameters=[
                call_parameter(),
                Parameter(
                    name="recording",
                    description="`own`, or `service-1`, `service-2` …",
                    schema={"type": "string", "pattern": "^(own|service-[1-9][0-9]{0,3})$"},
                    example="own",
                ),
                Parameter(
                    name="Range",
                    description="A part of it.",
                    schema={"type": "string"},
                    example="bytes=0-1023",
                    in_header=True,
                ),
            ],
            answers={
                200: Answer(description="The whole recording.", schema=sound, media_type="audio/wav"),
                206: Answer(
                    description="The part that was asked for.",
                    schema=sound,
                    media_type="audio/wav",
                    headers={"Content-Range": "Which part it is, and how long the whole."},
                ),
                404: Answer(description="There is no such call, or no such recording here."),
                416: Answer(
                    description="The recording has no such part.",
                    headers={"Content-Range": "How long the whole is."},
                ),
            },
        ),
    ]

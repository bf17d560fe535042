"""The services behind a server are those that were ordered."""

import pytest

from benchmarks.delayed_services import DelayedStreamingVoice, DelayedVoice
from benchmarks.numbered_speech import NumberedVoice
from benchmarks.server_order import ServerOrder, services_for
from pipeline.ports import StreamingTextToSpeech
from telemetry.observers import Observers


@pytest.mark.parametrize(
    ("order", "voice"),
    [
        (ServerOrder(delays="fixed"), DelayedVoice),
        (ServerOrder(delays="fixed", streams_text=True), DelayedStreamingVoice),
        (ServerOrder(delays="fixed", numbered=True), NumberedVoice),
    ],
)
def test_the_voice_is_the_ordered_one(order: ServerOrder, voice: type) -> None:
    """By chunks, by tokens, or with words that are told apart by ear."""
    services = services_for(order, {}, Observers())
    assert type(services.text_to_speech) is voice
    assert isinstance(services.text_to_speech, StreamingTextToSpeech) == order.streams_text

import dataclasses

from config import AzureSpeechConfig
from pipeline.ports import StreamingTextToSpeech
from providers.azure_engines import AzureSpeechSettings, azure_engines


async def test_everything_that_can_be_configured_arrives() -> None:
    """Each setting reaches its engine, and the key is shown by none of them."""
    settings = AzureSpeechSettings(
        host="ws://127.0.0.1:1",
        key="secret",
        languages=("de-DE",),
        phrases=("Contoso",),
        segmentation_silence_ms=300,
        recognition_endpoint_id="ears",
        commits=True,
        voice_endpoint_id="mouth",
    )
    ears, mouth = azure_engines(settings)
    assert "secret" not in f"{settings} {ears.account}"
    assert (ears.account.host, ears.account.key) == ("ws://127.0.0.1:1", "secret")
    assert dataclasses.asdict(ears.settings) == {
        "languages": ("de-DE",),
        "phrases": ("Contoso",),
        "segmentation_silence_ms": 300,
        "stable_partials": 0,
        "endpoint_id": "ears",
        "commits": True,
    }
    assert not isinstance(mouth, StreamingTextToSpeech)
    await ears.close()
    await mouth.close()


async def test_a_voice_that_streams_offers_it() -> None:
    """The pipeline looks for it."""
    ears, mouth = azure_engines(AzureSpeechSettings(host="ws://127.0.0.1:1", streams_text=True))
    assert isinstance(mouth, StreamingTextToSpeech)
    await ears.close()
    await mouth.close()


def test_the_configuration_has_the_same_settings() -> None:
    """With the same defaults: it is handed over field by field."""
    configured = AzureSpeechConfig().model_dump(exclude={"key", "local_fallback", "log_path"})
    assert AzureSpeechSettings(**configured) == AzureSpeechSettings()

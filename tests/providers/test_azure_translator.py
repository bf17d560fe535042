"""Translation by the real SDK against our emulator, over real sockets."""

import pytest

from agent.errors import TranslationFailed
from emulators.json_service import JsonFault
from emulators.translator import TranslatorEmulator
from providers.azure_translator import AzureTranslator, AzureTranslatorSettings, CachedTranslator
from providers.memory_cache import MemoryCache

HELLO = "Hello, this is {bot_name} of <Fish & Chips>."


def translator_at(service: TranslatorEmulator, **settings: str) -> AzureTranslator:
    return AzureTranslator(
        AzureTranslatorSettings(**{"endpoint": service.endpoint, "access_key": service.access_key} | settings)  # type: ignore[arg-type]
    )


async def test_texts_are_translated_in_order() -> None:
    """Marks and placeholders go as they come, and what is written like markup is none."""
    known = {("fr-FR", "Goodbye."): "Au revoir & merci."}
    async with TranslatorEmulator(known, region="westeurope") as service:
        translator = translator_at(service, region="westeurope")
        texts = await translator.translate([HELLO, "Goodbye."], source="en", to="fr-FR")
        await translator.close()
    assert texts == (f"[fr-FR] {HELLO}", "Au revoir & merci.")
    assert service.refused == []
    (first, _) = service.requests[0]["inputs"]
    assert first["text"] == 'Hello, this is <span class="notranslate">{bot_name}</span> of &lt;Fish &amp; Chips&gt;.'
    assert (first["language"], first["textType"]) == ("en", "Html")


async def test_many_texts_take_several_requests() -> None:
    """The service takes so many at once."""
    async with TranslatorEmulator() as service:
        translator = translator_at(service)
        texts = await translator.translate([f"text {number}" for number in range(250)], source="en", to="it")
        assert await translator.translate([], source="en", to="it") == ()
        await translator.close()
    assert texts[249] == "[it] text 249"
    assert [len(request["inputs"]) for request in service.requests] == [100, 100, 50]


@pytest.mark.parametrize(
    ("fault", "status", "is_permanent"),
    [
        (JsonFault(500), 500, False),
        (JsonFault(429), 429, False),
        (JsonFault(403), 403, True),
        (JsonFault(200, "no JSON"), None, False),
        (JsonFault(200, '{"value": [{}]}'), 0, False),
        (JsonFault(200, '{"value": [{"translations": []}]}'), 0, False),
        (JsonFault(200, '{"value": []}'), 0, False),
        (JsonFault(200, "[]"), 0, False),
    ],
    ids=str,
)
async def test_a_failure_is_explained(fault: JsonFault, status: int | None, is_permanent: bool) -> None:
    """Whether it helps to try again is told; nothing is tried twice here, and the next request is served."""
    async with TranslatorEmulator(faults=[fault]) as service:
        translator = translator_at(service)
        with pytest.raises(TranslationFailed) as failed:
            await translator.translate(["Hello."], source="en", to="fr")
        assert await translator.translate(["Hello."], source="en", to="fr") == ("[fr] Hello.",)
        await translator.close()
    assert failed.value.is_permanent is is_permanent
    assert status is None or failed.value.status == status
    assert len(service.requests) == 2


async def test_who_is_not_let_in() -> None:
    """A wrong key, no key, a wrong language, nobody there."""
    async with TranslatorEmulator() as service:
        stranger = translator_at(service, access_key="wrong")
        with pytest.raises(TranslationFailed, match="let us in") as failed:
            await stranger.translate(["Hello."], source="en", to="fr")
        await stranger.close()
        translator = translator_at(service)
        with pytest.raises(TranslationFailed, match="400"):
            await translator.translate(["Hello."], source="en", to="Klingon")
    with pytest.raises(TranslationFailed, match="cannot be reached"):
        await translator.translate(["Hello."], source="en", to="fr")
    await translator.close()
    assert failed.value.status == 401
    with pytest.raises(TranslationFailed, match="neither a key"):
        AzureTranslator(AzureTranslatorSettings())


async def test_each_text_is_asked_for_once() -> None:
    """For each language; a failure is not kept."""
    async with TranslatorEmulator(faults=[JsonFault(500)]) as service:
        translator = translator_at(service)
        cached = CachedTranslator(translator, MemoryCache())
        with pytest.raises(TranslationFailed):
            await cached.translate(["One."], source="en", to="fr")
        assert await cached.translate(["One.", "Two.", "One."], source="en", to="fr") == (
            *("[fr] One.", "[fr] Two.", "[fr] One."),
        )
        assert await cached.translate(["Two.", "Three."], source="en", to="fr") == ("[fr] Two.", "[fr] Three.")
        assert await cached.translate(["Two."], source="en", to="de") == ("[de] Two.",)
        await translator.close()
    asked = [[each["text"] for each in request["inputs"]] for request in service.requests]
    assert asked == [["One."], ["One.", "Two."], ["Three."], ["Two."]]

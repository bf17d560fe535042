"""What calls can be held in, and who translates what is written in one language only."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

from agent.errors import TranslationFailed
from agent.language_tags import closest
from agent.translation import to_translate
from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, place_of
from assembly.settings import claim_of, repertoire_of
from assembly.translations import build_translator
from config import Config
from providers.azure_identity import AzureIdentity


def checks_of_languages(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Iterator[Check]:
    """In the order in which they are shown; ``stack`` closes what they open."""

    async def languages() -> Seen:
        return look_at_languages(config)

    async def translator() -> Seen:
        return await look_at_translator(config, identity, stack)

    yield Check("languages", languages, "conversation.languages")
    yield Check("translator", translator, "translator.endpoint")


def look_at_languages(config: Config) -> Seen:
    """Those of calls, the first first; and those that are understood and that nobody speaks."""
    text = ", ".join(config.languages)
    if config.speech.mode != "azure":
        return Seen(text, "speech.mode: azure speaks other languages than English")
    mute = [tag for tag in config.speech.azure.languages if closest(tag, config.languages) is None]
    if mute and not config.conversation.languages:
        return Seen(text, f"there is no voice for {', '.join(mute)}: name one in speech.azure.voices")
    return Seen(text)


async def look_at_translator(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Seen:
    """Translate a word; the time is that of one request."""
    own, claim = repertoire_of(config).of(""), claim_of(config).fields
    wanted = [tag for tag in config.languages if to_translate(own, tag, claim)]
    service = config.translator
    if not service.endpoint:
        if not wanted:
            return Seen("nothing is to be translated")
        advice = f"translator.endpoint lets {', '.join(wanted)} hear in their own what is written in {own.language}"
        return Seen("nothing is translated", advice, State.OFF)
    place = place_of(service.endpoint)
    try:
        watch = Watch()
        await build_translator(config, identity, stack).translate(["Hello."], source="en", to="fr")
    except TranslationFailed as error:
        if error.status in (401, 403):
            advice = f"set translator.access_key to a key of {place}, and translator.region to its region"
        elif error.is_permanent:
            advice = "look at translator.endpoint, translator.region and translator.resource_id"
        else:
            advice = f"look at translator.endpoint: {place} does not answer as it should"
        raise NotWorking(str(error), advice) from error
    return Seen(f"{place}, {watch.took}" + (f", for {', '.join(wanted)}" if wanted else ""))

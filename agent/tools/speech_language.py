"""The tool that changes the language of the call."""

from datetime import datetime
from typing import Annotated

import msgspec

from agent.assistant import SetLanguage
from agent.dialogue import Dialogue
from agent.language_tags import closest
from agent.tool import ToolMeans, ToolOutcome


class SpeechLanguageArguments(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model writes."""

    language: Annotated[str, msgspec.Meta(max_length=35, description="BCP 47, as in fr-FR.")]


class SpeechLanguageTool:
    """Sets what is spoken and listened for, among the languages that the call can be held in."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        return "speech_language"

    @property
    def description(self) -> str:
        """When to use it."""
        return "Change the language of the call, when the caller asks for another or speaks another."

    @property
    def arguments_type(self) -> type[SpeechLanguageArguments]:
        """What it takes."""
        return SpeechLanguageArguments

    def run(self, arguments: SpeechLanguageArguments, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Ask for the language, if there are a voice and a recogniser for it."""
        if len(dialogue.languages) < 2:
            return ToolOutcome("Nothing was done: this call can be held in one language only. Say so, in that one.")
        language = closest(arguments.language.strip(), dialogue.languages)
        if language is None:
            known = ", ".join(dialogue.languages)
            return ToolOutcome(f"Nothing was done: the call can be held in {known}, and in no other. Say so.")
        if language == dialogue.language:
            return ToolOutcome(f"Nothing was done: the language is {language} already.")
        return ToolOutcome(
            f"The language is {language} from your next words on, which you speak in it.", (SetLanguage(language),)
        )


def build(means: ToolMeans) -> SpeechLanguageTool | None:
    """It needs a voice of ours."""
    return SpeechLanguageTool() if means.has_our_voice else None

"""The guard, by the configuration."""

from collections.abc import Sequence
from typing import Any

from agent.guard import Guard, GuardSettings
from agent.prompt import rules_text
from agent.texts.bundled import Repertoire
from agent.tool import Tool, Toolbox
from config import Config


def guard_of(config: Config, tools: Sequence[Tool[Any]], repertoire: Repertoire) -> Guard:
    """The rules that all calls are held by.

    Args:
        config: See there.
        tools: What a model may do: their descriptions are nobody's business.
        repertoire: What is said by ourselves, and no secret.
    """
    who = config.conversation
    spoken = [
        variant
        for texts in repertoire.texts.values()
        for variants in (texts.hello, texts.how_can_i_help, texts.purpose, texts.error, texts.declined)
        for variant in variants
    ]
    return Guard(
        GuardSettings(),
        tools=Toolbox(tools).specs,
        rules=rules_text(),
        company_texts=(who.task, who.bot_company, *(field.description for field in who.claim)),
        spoken=(*spoken, *(field.description for field in who.claim)),
    )

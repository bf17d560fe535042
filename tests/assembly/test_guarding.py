"""The guard, by the configuration."""

from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.prompt import GUARD_RULES
from agent.tool import ToolMeans
from agent.toolset import toolset
from agent.verdict import Rule
from assembly.guarding import guard_of
from assembly.settings import repertoire_of
from config import Config

CONFIG = Config()
TOOLS = toolset(ToolMeans())
DIALOGUE = Dialogue(Claim(()))


def test_our_rules_and_tools_are_secrets() -> None:
    """Whatever the company has configured."""
    guard = guard_of(CONFIG, TOOLS, repertoire_of(CONFIG))
    assert guard.watch(DIALOGUE, "").judge(GUARD_RULES) is Rule.PROMPT_SPOKEN
    assert all(guard.watch(DIALOGUE, "").judge(tool.description) is not None for tool in TOOLS)
    assert guard.watch(DIALOGUE, "").judge("It is called end_call.") is Rule.TOOL_SPOKEN


def test_our_own_sentences_may_be_said() -> None:
    """Greetings, apologies, and the questions of the claim, in every language."""
    repertoire = repertoire_of(CONFIG)
    guard = guard_of(CONFIG, TOOLS, repertoire)
    questions = [field.description for field in CONFIG.conversation.claim]
    for texts in repertoire.texts.values():
        for sentence in (*texts.hello, *texts.error, *texts.declined, *texts.is_everything_right, *questions):
            assert guard.watch(DIALOGUE, "").judge(sentence) is None

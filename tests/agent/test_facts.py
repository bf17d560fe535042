"""What a call costs adds up."""

from agent.facts import ModelUsage, Spent


def test_usage_adds_up() -> None:
    """Every request counts, also one whose cost is a guess."""
    spent = Spent().plus(ModelUsage("small", 100, 20, 80)).plus(ModelUsage("large", 10, 2, is_estimated=True))
    assert spent == Spent(model_calls=2, prompt_tokens=110, completion_tokens=22, cached_tokens=80)

"""What a call costs adds up."""

from dataclasses import replace

from agent.facts import ModelUsage, Spent


def test_usage_adds_up() -> None:
    """Every request counts, also one whose cost is a guess."""
    spent = Spent().plus(ModelUsage("small", 100, 20, 80)).plus(ModelUsage("large", 10, 2, is_estimated=True))
    assert replace(spent, by_model=()) == Spent(
        model_calls=2, prompt_tokens=110, completion_tokens=22, cached_tokens=80
    )


def test_each_model_has_its_sum() -> None:
    """In the order of their first use; the limit that was reached stays."""
    spent = replace(Spent(), limit="money")
    for usage in (ModelUsage("a", 1, 2, 3), ModelUsage("b", 5, 5), ModelUsage("a", 10, 20, 30, is_estimated=True)):
        spent = spent.plus(usage)
    assert spent.by_model == (ModelUsage("a", 11, 22, 33, is_estimated=True), ModelUsage("b", 5, 5))
    assert spent.limit == "money"

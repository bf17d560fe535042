import numpy as np

from benchmarks.word_table_training import balanced, examples, packed, train
from vad.word_table import PLACES, STEP, WordTable

SENTENCES = [
    f"please {verb} my {noun} now" for verb in ("open", "close", "find") for noun in ("account", "card", "claim")
]


def test_learns_where_sentences_end() -> None:
    """After a few sentences the last word counts for an end, the one before against it."""
    table = WordTable(packed(train(SENTENCES * 3)))
    assert table.logit(("please", "open", "my", "card", "now")) > 1
    assert table.logit(("please", "open", "my")) < -1


def test_the_same_texts_give_the_same_table() -> None:
    """Training is repeatable to the byte."""
    assert packed(train(SENTENCES)) == packed(train(SENTENCES))


def test_examples_are_the_sentence_and_cuts_of_it() -> None:
    """A sentence of one word has no cut; a longer one up to four, which weigh as much as it; repeats weigh less."""
    found = list(examples(["Yes.", "I want it.", "I want it."], np.random.default_rng(1)))
    assert [ended for _, ended, _, _ in found] == [1, 1, 0, 0, 1, 0, 0]
    assert [weight for _, _, weight, _ in found] == [1, 1, 0.5, 0.5, 0.2, 0.1, 0.1]
    assert all(count < 3 for _, ended, _, count in found if not ended)


def test_both_kinds_weigh_alike_at_each_length() -> None:
    """Cuts are mostly short; that must not count against short sentences."""
    target = np.array([1.0, 0.0, 0.0, 0.0])
    even = balanced(target, np.ones(4), np.array([2, 2, 2, 5]))
    assert even.tolist() == [1.0, 0.5, 0.5, 1.0]


def test_packs_into_signed_bytes() -> None:
    """Weights are rounded to steps; what is too large is held at the limit."""
    weights = np.zeros(PLACES)
    weights[:3] = (STEP * 2.2, -STEP, 100)
    assert packed(weights)[:4] == bytes([2, 255, 127, 0])

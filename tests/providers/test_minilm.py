"""The embeddings, against what the model's authors publish of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from providers.errors import InferenceFailed
from providers.minilm import DIMENSIONS, Embed, MiniLm, SharedMiniLm


@pytest.fixture(scope="module")
def model() -> MiniLm:
    """The installed weights."""
    return MiniLm()


def test_similarities_are_those_of_the_model(model: MiniLm) -> None:
    """The example of the model's card: 0.695, 0.943, 0.257."""
    source = model.embed("That is a happy person")
    others = ("That is a happy dog", "That is a very happy person", "Today is a sunny day")
    assert [float(source @ model.embed(other)) for other in others] == pytest.approx([0.695, 0.943, 0.257], abs=0.001)


@pytest.mark.parametrize("text", ["", "a", "Does my policy cover a broken windscreen?", "玻璃", "word " * 1000])
def test_every_text_has_an_embedding_of_unit_length(model: MiniLm, text: str) -> None:
    """Empty, foreign and overlong ones too."""
    embedding = model.embed(text)
    assert embedding.shape == (DIMENSIONS,)
    assert embedding.dtype == np.float32
    assert float(embedding @ embedding) == pytest.approx(1, abs=1e-5)


def test_a_paraphrase_is_nearer_than_the_same_words_with_another_meaning(model: MiniLm) -> None:
    """Meaning counts, not words."""
    said = model.embed("How can I cancel my policy?")
    paraphrase = model.embed("I want to end my insurance contract")
    same_words = model.embed("How can I make my police uniform?")
    assert float(said @ paraphrase) > float(said @ same_words) + 0.2


def test_what_stands_beyond_the_longest_text_is_not_read(model: MiniLm) -> None:
    """Truncation is at 256 word pieces."""
    long = "glass " * 300
    assert np.array_equal(model.embed(long), model.embed(long + "and something else altogether"))


def test_what_is_shared_is_loaded_once(model: MiniLm) -> None:
    """By whoever comes first, of several at once; after a failure the next one tries again."""
    loads, at_once = 0, Barrier(4)

    def load() -> Embed:
        nonlocal loads
        loads += 1
        if loads == 1:
            raise InferenceFailed("not now")
        return model.embed

    shared = SharedMiniLm(load)
    with pytest.raises(InferenceFailed):
        shared()

    def asked() -> Embed:
        at_once.wait(timeout=60)
        return shared()

    with ThreadPoolExecutor(4) as threads:
        found = [each.result() for each in [threads.submit(asked) for _ in range(4)]]
    assert loads == 2
    assert found == [model.embed] * 4

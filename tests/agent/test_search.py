"""Passages of documents."""

import pytest

from agent.facts import Citation
from agent.search import Passage


@pytest.mark.parametrize(("place", "cited"), [("", "glass.md"), ("page 3", "glass.md, page 3")])
def test_a_passage_is_cited_with_its_place(place: str, cited: str) -> None:
    """File, and page or heading where there is one."""
    passage = Passage(
        document_id="1", title="Glass", source="glass.md", place=place, text="It breaks.", excerpt="It breaks.", score=1
    )
    assert passage.citation == Citation("Glass", cited)

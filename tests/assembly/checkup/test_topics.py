"""The row of the topics."""

from pathlib import Path

import pytest

from assembly.checkup.findings import NotWorking, State
from assembly.checkup.topics import checks_of_topics, look_at_topics
from tests.support.configured import configured

SAMPLE = Path(__file__).parents[3] / "topics"


async def test_topics_are_counted() -> None:
    """Without any there is nothing wrong."""
    assert (await look_at_topics(configured())).state is State.OFF
    (check,) = checks_of_topics(configured(topics={"path": SAMPLE}))
    assert (await check.look()).seen == f"1 in {SAMPLE}"


async def test_mistakes_are_told_with_where_to_see_all(tmp_path: Path) -> None:
    """The first, and how many more; a folder that is not there, too."""
    (tmp_path / "a.yaml").write_text("topic: a\ntitle: T\nsteps:\n  - aks: x\n")
    with pytest.raises(NotWorking) as found:
        await look_at_topics(configured(topics={"path": tmp_path}))
    assert found.value.seen == f"{tmp_path}/a.yaml:1: 'a' never begins: give it triggers, or lead to it, and 1 more"
    assert "topics check" in found.value.advice
    with pytest.raises(NotWorking, match="is no folder"):
        await look_at_topics(configured(topics={"path": tmp_path / "nowhere"}))

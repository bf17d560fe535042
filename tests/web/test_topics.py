"""The page of the topics."""

from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.support.topics import topics_of
from tests.web.test_topic_view import EVERYTHING, OTHER
from web.topics import topics_page, topics_routes


def test_each_topic_is_shown_as_a_diagram_and_in_words() -> None:
    """A redirect leads to the topic; nothing but our own style is let in."""
    client = TestClient(Starlette(routes=topics_routes(topics_of(EVERYTHING, OTHER))))
    answer = client.get("/topics")
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["content-security-policy"]
    page = answer.text
    assert page.count("<svg xmlns") == 2
    assert 'href="#topic-other"' in page
    assert 'id="topic-other"' in page
    assert "<b>Hi</b>" not in page
    assert "“where is my order”" in page


def test_without_topics_the_page_says_how_to_have_some() -> None:
    """It is no dead end."""
    assert "topics.path" in topics_page((), home_url="/report")

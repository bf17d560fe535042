"""A topic as a diagram."""

import re
import xml.etree.ElementTree as ET

from tests.support.topics import topics_of
from tests.web.test_topic_view import EVERYTHING, OTHER
from web.topic_picture import topic_picture
from web.topic_view import topic_view

SVG = "{http://www.w3.org/2000/svg}"


def boxes(picture: str) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of every box, where it is drawn."""
    found: list[tuple[float, float, float, float]] = []

    def walk(element: ET.Element, x: float, y: float) -> None:
        moved = re.fullmatch(r"translate\((-?[\d.]+) (-?[\d.]+)\)", element.get("transform", "translate(0 0)"))
        assert moved is not None
        x, y = x + float(moved[1]), y + float(moved[2])
        if element.tag == f"{SVG}rect":
            left, width, height = (float(element.get(name, "")) for name in ("x", "width", "height"))
            found.append((x + left, y, width, height))
        for inner in element:
            walk(inner, x, y)

    walk(ET.fromstring(picture), 0.0, 0.0)
    return found


def test_every_step_has_a_box_and_none_covers_another() -> None:
    """All of them lie within the picture."""
    topic, _ = topics_of(EVERYTHING, OTHER)
    picture = topic_picture(topic_view(topic))
    drawn = boxes(picture)
    assert len(drawn) == len(list(topic.all_steps())) + 1  # where it starts
    left, top, width, height = map(float, ET.fromstring(picture).get("viewBox", "").split())
    for at, (x, y, wide, high) in enumerate(drawn):
        assert left <= x <= x + wide <= left + width
        assert top <= y <= y + high <= top + height
        for x2, y2, wide2, high2 in drawn[at + 1 :]:
            assert x + wide <= x2 or x2 + wide2 <= x or y + high <= y2 or y2 + high2 <= y


def test_texts_are_only_texts() -> None:
    """Whatever a file says; what is long is cut, and what has no end gets one."""
    topic = topics_of(EVERYTHING, OTHER)[1]
    picture = topic_picture(topic_view(topic))
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; bye." in picture
    assert "of the topic" in picture
    long = topics_of(f"topic: a\ntitle: T\ntriggers: [x]\nsteps: [message: {'word ' * 200}]")[0]
    assert "…" in topic_picture(topic_view(long))
    wide = topics_of(f"topic: a\ntitle: T\ntriggers: [x]\nsteps: [message: {'我想知道' * 20}]")[0]
    assert max(map(len, re.findall(r"[\u4e00-\u9fff]+", topic_picture(topic_view(wide))))) <= 32

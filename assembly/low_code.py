"""What people use who do not program: the page of the topics, and the connector for Power Platform."""

from starlette.routing import Route

from agent.search import Search
from agent.texts.bundled import Repertoire
from assembly.api import program_version
from assembly.completing import completing_of
from assembly.engines import Engines
from assembly.settings import live_calls_settings
from config import Config
from web.connector import connector_routes
from web.topics import topics_routes


def low_code_routes(config: Config, engines: Engines, *, search: Search | None, repertoire: Repertoire) -> list[Route]:
    """The routes, to be put behind the door.

    Args:
        config: See there.
        engines: Who answers questions, if anybody there does, and the topics.
        search: The documents.
        repertoire: What is said without a model.
    """
    completing = engines.completing or completing_of(config, None, search=search, repertoire=repertoire)
    url = live_calls_settings(config).public_url
    return [
        *connector_routes(completing, public_url=url, version=program_version()),
        *topics_routes(engines.topics),
    ]

"""The configuration: read once, by ``config.loading`` alone; frozen and validated.

What others need of it is here; ``config.sections`` has every key with its default.
"""

from config.errors import ConfigError as ConfigError
from config.loading import Origins as Origins
from config.loading import beside_database as beside_database
from config.loading import documents_path as documents_path
from config.loading import load as load
from config.loading import origins as origins
from config.loading import shown as shown
from config.sections import EMULATOR_RESOURCE_ID as EMULATOR_RESOURCE_ID
from config.sections import AiSearchConfig as AiSearchConfig
from config.sections import AzureSpeechConfig as AzureSpeechConfig
from config.sections import CacheConfig as CacheConfig
from config.sections import CommunicationServicesConfig as CommunicationServicesConfig
from config.sections import LexiconTerm as LexiconTerm
from config.sections import LlmConfig as LlmConfig
from config.sections import ModelConfig as ModelConfig
from config.sections import SpeechConfig as SpeechConfig
from config.whole import Config as Config
from config.whole import read_secret as read_secret

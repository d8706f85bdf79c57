"""The portal's settings with the bodies of AGENCIES_PATH only, so that a benchmark knows which sources there are."""

from portal.config import environment
from portal.config.settings import *  # noqa: F403 - all of them, as Django finds settings

AGENCIES_PATH = environment.paths("AGENCIES_PATH")

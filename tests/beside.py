"""Find what others published, where the checkout has it beside itself: documents, MAGDA's schemas and mock.

A test module that holds a path below SHARED is marked `beside`, so that `.ci/run` can run it once more with SHARED
hidden (`BESIDE`), as on the machine of somebody who has only the checkout.
"""

import os
from pathlib import Path

from deploy.local.environment import shared_folder

ROOT = Path(__file__).resolve().parents[1]
SHARED = shared_folder(ROOT, os.environ)

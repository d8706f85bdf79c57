"""Keep the bytecode of what tests import, also where the environment says that Python writes none.

Otherwise each of the hundred processes that tests start compiles Django and the portal anew, and pytest rewrites
every test anew. It is kept apart from the sources, where the environment wants none.
"""

import os
import sys
from pathlib import Path

KEPT = Path(__file__).resolve().parents[1] / ".tool" / "bytecode"

if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(KEPT)
    # The processes of xdist and those that tests start do the same.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(KEPT)

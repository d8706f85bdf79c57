"""Run the house of the checkout in whose folder this is started, until its input ends.

    python PATH/benchmarks/house_of.py     prints one line of JSON: portal, town, pid, owner, sources

The checkout may be of a release before, so this uses nothing of the one that it stands in: all that it imports is
the other's, and both have it. `owner` is the address of the database for the role that owns its tables, `pid` the
portal's process.
"""

import json
import os
import sys

if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    from benchmarks.scene import TWENTY, scene_of

    # What the started processes have to say goes to stderr.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with scene_of(TWENTY) as on:
        answer.write(
            json.dumps(
                {
                    "portal": on.house.portal,
                    "town": on.house.town,
                    "pid": on.portal_pid,
                    "owner": on.house.urls.owner,
                    "sources": len(on.sources),
                }
            )
            + "\n"
        )
        answer.flush()
        sys.stdin.read()

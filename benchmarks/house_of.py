"""Run the house of the checkout in whose folder this is started, until its input ends.

    python PATH/benchmarks/house_of.py     prints one line of JSON: portal, town, pid, owner, sources

That checkout may be of an earlier release. This script imports only from there, and only what both releases have:
`scene_of`, `TWENTY`, and the attributes of a `Scene` used below. portal, town: their URLs. pid: of the portal's
process. owner: the URL of the database for the role that owns its tables. sources: how many an overview asks.
"""

import json
import os
import sys

if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    from benchmarks.scene import TWENTY, scene_of

    # What the started processes print goes to stderr.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with scene_of(TWENTY) as scene:
        answer.write(
            json.dumps(
                {
                    "portal": scene.house.portal,
                    "town": scene.house.town,
                    "pid": scene.portal_pid,
                    "owner": scene.house.urls.owner,
                    "sources": len(scene.sources),
                }
            )
            + "\n"
        )
        answer.flush()
        sys.stdin.read()

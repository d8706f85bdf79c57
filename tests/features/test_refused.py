"""A feature that takes what is another's is refused at the start, with an id and a cure."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.house import ROOT
from portal.config.features import EVERY

PARKING = Path(__file__).with_name("parking")
FAULTS = {
    "urls.py": [('app_name = "parking"', 'app_name = "home"')],
    "views.py": [("@signed_in\n", "")],
    "types.py": [
        ('tag="permit_given"', 'tag="confirm_address"'),
        ('route="parking:district"', 'route="corrections:status"'),
    ],
    "tasks.py": [("name=actions.MARK", 'name="profile.mark"')],
    "feature.py": [
        ('prefix="parkeren/"', 'prefix="hulp/"'),
        ('"parking:permits": rules.LARGEST', '"profile:email": rules.LARGEST'),
        ('"parking/block.html"', '"parking/other.html"'),
        ('Place("Parkeren", "parking:permits")', 'Place("Parkeren", "parking:permits", under="themes:theme")'),
        ('"__Host-parkeren"', '"__Host-mbp-sessie"'),
        ('"img-src": ("https://kaart.example",)', '"script-src": ("*",)'),
        ('unread="parking_unmarked"', 'unread="journal_erase"'),
        ('jobs=f"{__package__}.tasks"', 'links=f"{__package__}.links", jobs=f"{__package__}.tasks"'),
    ],
}
IDS = [41, 42, 43, 44, 45, 45, 46, 47, 48, 50, 51, 51, 52, 53, 53, 55, 58, 59]


def test_feature_that_takes_what_is_anothers_is_refused_by_every_check(tmp_path: Path):
    parking = shutil.copytree(PARKING, tmp_path / "parking")
    for name, faults in FAULTS.items():
        text = (parking / name).read_text("utf-8")
        for sound, fault in faults:
            assert text.count(sound) == 1, sound
            text = text.replace(sound, fault)
        (parking / name).write_text(text, "utf-8")
    (parking / "links.py").write_text("def start() -> str:\n    return '/'\n", "utf-8")
    shutil.copytree(parking / "templates/parking", parking / "templates/home")
    environment = os.environ | {"FEATURES": ",".join((*EVERY, "parking")), "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    said = re.findall(r"\(portal\.E0(\d\d)\) .+\n\s+HINT: \S", done.stderr)
    assert (done.returncode, sorted(map(int, said))) == (1, IDS), done.stderr

"""What the seal program judges as it is loaded."""

import subprocess
import sys

import msgspec

from portal.platform.seals.types import Judgement, Verdict
from tests.seals.primer import FILE

# In a process of its own: the program ends all logging where it is loaded.
JUDGE = (
    "import sys; from portal.platform.seals import seal_program as program; program.prime(); "
    "sys.stdout.buffer.write(program.main(sys.stdin.buffer.read()))"
)


def test_primer_goes_all_the_way_to_a_valid_seal_about_its_own_number():
    came = subprocess.run([sys.executable, "-c", JUDGE], input=FILE.read_bytes(), capture_output=True, check=True)
    judgement = msgspec.json.decode(came.stdout, type=Judgement)
    assert (judgement.verdict, judgement.is_about_others) == (Verdict.VALID, False)

"""How the walks come to the token endpoint, as a body's machine, and to what machines can ask."""

from tests.walks.example import Example
from tests.walks.machine import asks_for_a_token

EXAMPLES = {
    "machine:token": [Example(prepare=asks_for_a_token, form={})],
    "machine:keys": [Example(is_file=True)],
    "machine:document": [Example(is_file=True)],
}

"""How the walks come to each page for operators, who have the key in the settings."""

from tests.walks.example import Example

PAGES = ("sources", "processes", "journal", "retention", "use")
EXAMPLES = {f"operator:{page}": [Example()] for page in PAGES}

"""How the walks come to each page for operators, who have the key in the settings."""

from tests.walks.example import Example

EXAMPLES = {"operator:sources": [Example()], "operator:processes": [Example()], "operator:journal": [Example()]}

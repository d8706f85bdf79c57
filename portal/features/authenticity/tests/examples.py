"""How the walks come to the check page."""

from tests.walks.example import Example

EXAMPLES = {
    "authenticity:check": [
        Example(),
        Example(query={"taal": "fr"}),
        Example(query={"te-groot": "1"}),
        Example(form={}, status=422),
    ],
}

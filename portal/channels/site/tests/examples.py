"""How the walks come to each page that every site must have."""

from tests.walks.example import Example, Person

EXAMPLES = {
    "site:language": [
        Example(form={"taal": "nl", "naar": "/cookies/"}, status=303),
        Example(form={"taal": "nl", "naar": "/cookies/"}, person=Person.complete, status=303),
    ],
    "site:cookies": [Example()],
    "site:disclosure": [Example()],
    "site:security_txt": [Example(is_file=True)],
    "site:accessibility": [Example()],
}

"""How the walks come to each page of the help."""

from tests.walks.example import Example, Person

NUMBER = "00000000-0000-0000-0000-000000000000"
EXAMPLES = {
    "help:all_questions": [Example(), Example(person=Person.complete)],
    "help:search": [Example(), *(Example(query={"q": words}) for words in ("itsme", "attest", "xyzzy <b>"))],
    "help:question_form_moved": [
        Example(status=308),
        Example(query={"over": "afmelden"}, status=308),
        Example(form={"stap": "nakijken", "vraag": "x"}, status=308),
    ],
    "help:receipt_moved": [Example(values={"question_id": NUMBER}, status=308)],
    "help:entry": [
        Example(values={"slug": "verkeerde-naam"}, person=Person.complete),
        *(
            Example(values={"slug": slug})
            for slug in ("aanmelden", "waar-aanmelden", "dubbele-mails", "attesten-waarde")
        ),
    ],
}

"""How the walks come to the start page."""

from tests.walks.example import Example, Person

EXAMPLES = {
    "home:start": [
        Example(),
        Example(person=Person.complete, asks=True),
        Example(person=Person.complete, query={"verborgen": "1"}),
        *(Example(person=person) for person in (Person.nowhere, Person.busy, Person.in_many_lessons)),
    ],
}

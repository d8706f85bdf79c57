"""Values of facts, which come from bodies, as people read them."""

from portal.platform.kit import incomplete_date, national_number
from portal.platform.language import dates


def readable(value: str, kind: str) -> str:
    """Write a value by the kind of its fact: a date in words, a national number masked, any other unchanged."""
    if kind == "date":
        date = incomplete_date.read(value)
        return dates.in_words(date) if date else value
    if kind == "national_number":
        return national_number.mask(value)
    return value

"""Values of bodies as people read them."""

from portal.platform.kit import incomplete_date, national_number
from portal.platform.language import dates


def readable(value: str, kind: str) -> str:
    """Write a value of a kind as people read it: dates in words, national numbers masked, the rest as it is."""
    if kind == "date":
        date = incomplete_date.read(value)
        return dates.in_words(date) if date else value
    if kind == "national_number":
        return national_number.mask(value)
    return value

"""Find and mask national numbers in a text, so that no message or log holds one."""

import re

from portal.platform.kit import national_number

NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")


def mask(text: str) -> str:
    """Mask every text of 11 digits that may be a national number."""
    return NUMBER.sub(lambda match: national_number.mask(match[0]), text)

"""Remove from a page the marks of places at which a long word of ours may be broken (`ui.markup`)."""

import re

_WORD = re.compile(r'<span>((?:[^<]*<span class="soft"></span>)+[^<]*)</span>')
_SOFT = '<span class="soft"></span>'


def whole_words(page: str) -> str:
    """Give HTML with its long words in one piece."""
    return _WORD.sub(lambda found: found[1].replace(_SOFT, ""), page)

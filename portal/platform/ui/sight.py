"""The moment from which people see the slots of a streamed page; after it, nothing on the page may move.

The style sheet (portal.css) hides the slots in a page's first moments. Until then an empty slot may still give back
the room that it was given.
"""

import time

UNSEEN_SECONDS = 0.3  # after the frame was sent; the style sheet shows the slots after 0.4 s
# The style sheet (portal.css) knows by this element which slots arrived after people saw the page.
SEEN = '<span id="seen" hidden></span>\n'


class Sight:
    """Whether people see one page; made when its frame has just been sent."""

    def __init__(self) -> None:
        self._begins = time.monotonic() + UNSEEN_SECONDS
        self._is_marked = False

    @property
    def has_begun(self) -> bool:
        """Tell whether people see the slots."""
        return time.monotonic() >= self._begins

    def mark(self) -> str:
        """Give SEEN, once, as soon as people see the page; "" before that and ever after."""
        if self._is_marked or not self.has_begun:
            return ""
        self._is_marked = True
        return SEEN

"""From when on people see the slots of a streamed page: nothing that they see moves after that.

In its first moments a page is not seen (portal.css), so a place may still give back the room that it does not fill.
"""

import time

UNSEEN_SECONDS = 0.3  # after the frame was sent; the style sheet shows the slots after 0.4 s
# What stands behind this in a page came when it was seen (portal.css).
SEEN = '<span id="seen" hidden></span>\n'


class Sight:
    """The sight of one page, of which the frame has just been sent."""

    def __init__(self) -> None:
        self._begins = time.monotonic() + UNSEEN_SECONDS
        self._is_marked = False

    @property
    def has_begun(self) -> bool:
        """Tell whether people see the slots."""
        return time.monotonic() >= self._begins

    def mark(self) -> str:
        """Give the mark that people see the page from now on, once; "" before that, and after it was given."""
        if self._is_marked or not self.has_begun:
            return ""
        self._is_marked = True
        return SEEN

"""The streamed pages: the overview, a theme, one dataset; and the page of one item."""

"""Before a source is asked: its gate says whether it may be, the turns of pages when. Both are of this process."""

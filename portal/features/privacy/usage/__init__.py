"""Who used somebody's data: their entries of the journal in plain words, searched, and drawn as a year."""

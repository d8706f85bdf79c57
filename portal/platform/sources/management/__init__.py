"""Commands that show what the sources are and how their answers are read."""

"""What a consultation leaves: entries in the journal, answers that the session keeps, lines in the log."""

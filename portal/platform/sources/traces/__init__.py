"""What a consultation leaves behind: entries in the journal, answers in the session's store, lines in the log."""

"""The storage of a citizen's archive: their consent, and copies of documents, sealed with their data key."""

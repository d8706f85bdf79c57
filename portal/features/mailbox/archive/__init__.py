"""The pages of the citizen's own archive: to begin and end it, to keep, read and delete copies, to download all."""

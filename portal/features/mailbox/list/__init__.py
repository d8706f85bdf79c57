"""The list of a citizen's documents at all providers: its search, its pages, and actions on several documents."""

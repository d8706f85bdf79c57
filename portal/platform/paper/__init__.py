"""Documents on paper: a text as JSON becomes a PDF, set by a confined program and never kept."""

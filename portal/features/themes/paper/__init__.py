"""The same data as a PDF, set by a confined program and never kept."""

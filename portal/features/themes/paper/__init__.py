"""The data of a theme, a dataset or an item as a PDF, set by a confined program and never kept."""

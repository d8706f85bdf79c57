"""Make PDFs for paper: a document as JSON is typeset by a confined program (typst), and never kept."""

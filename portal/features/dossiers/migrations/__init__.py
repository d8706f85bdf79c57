"""How the table of dossiers came to be."""

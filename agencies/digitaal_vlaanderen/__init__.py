"""Agentschap Digitaal Vlaanderen: answers for the dossiers of every body that reports them."""

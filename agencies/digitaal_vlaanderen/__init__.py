"""Agentschap Digitaal Vlaanderen: the register of dossiers (DOSIS), with those of every body that reports them."""

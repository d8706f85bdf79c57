"""Toerisme Vlaanderen: dossiers of grants for lodging and for tourism for all."""

"""Vlaams Agentschap voor Personen met een Handicap: dossiers of a personal budget."""

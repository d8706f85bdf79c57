"""Agentschap Onroerend Erfgoed: dossiers of grants for protected monuments and landscapes."""

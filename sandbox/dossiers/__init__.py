"""The register of dossiers (DOSIS): what bodies say of people's applications, as GeefDossiers reads it."""

"""The register of dossiers (DOSIS): the state of people's applications at bodies, as GeefDossiers serves it."""

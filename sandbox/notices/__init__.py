"""Where bodies notify the portal that a dossier changed, and what they were answered."""

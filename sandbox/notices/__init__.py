"""Where bodies notify the portal that a dossier changed, and the answers that they got."""

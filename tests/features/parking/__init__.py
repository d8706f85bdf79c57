"""A feature on trial: parking permits, with one of all that can be declared. Tests copy it out of the repository."""

"""The pages of the citizen's own archive: agreed to, filled, read, taken along, ended."""

"""The entrances of the portal: they put features together into pages and an API, and own no data."""

"""The way in for machines of bodies: their token, and all that they can ask. It owns no data."""

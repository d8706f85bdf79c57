"""The ways in; they compose features and own no data."""

"""A model town: every upstream with its own protocol, for the demo and the tests; shares no code with the portal."""

"""Rijksregister, the National Register: your identity, address, descent and household."""

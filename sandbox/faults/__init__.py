"""Switches that put a source out of order: slow, silent, refusing or failing."""

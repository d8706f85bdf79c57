"""Wiring: settings from the environment, URLs, ASGI; the only room that names every feature."""

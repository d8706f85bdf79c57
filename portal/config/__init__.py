"""The wiring: settings, URLs, the server, limits of requests, system checks. Only this room names every feature."""

"""Sources that answer JSON over mutual TLS, to whoever has a token of the provider."""

"""Sources that answer JSON over mutual TLS, to questions with an access token of the provider."""

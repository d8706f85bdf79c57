"""Sources that have certificates for people: lists at addresses about each, and documents, over the partner API.

Who asks shows a token that the portal signed, which is checked by the keys that the portal publishes.
"""

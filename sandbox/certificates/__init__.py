"""Sources that hold certificates for people: a list about each person, and the documents, over the partner API.

A question carries a token that the portal signed, which is checked by the keys that the portal publishes.
"""

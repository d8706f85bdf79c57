"""The start page, and the home page of whoever is signed in. Owns no table."""

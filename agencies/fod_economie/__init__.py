"""Federale Overheidsdienst Economie: what the Crossroads Bank for Enterprises says about you."""

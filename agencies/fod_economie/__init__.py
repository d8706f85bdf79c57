"""Federale Overheidsdienst Economie: your functions and companies in the Crossroads Bank for Enterprises."""

"""Departement Werk en Sociale Economie: Flemish career breaks and care credit."""

"""Departement Kanselarij en Buitenlandse Zaken: dossiers of the Flemish disaster fund."""

"""The walls of the house, and what every page owes."""

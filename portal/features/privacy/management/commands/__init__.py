"""The commands of privacy."""

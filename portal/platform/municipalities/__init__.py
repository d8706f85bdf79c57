"""Municipalities: their names, codes and regions, and how, says the operator, their population desks are reached."""

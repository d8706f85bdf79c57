"""Municipalities: names, codes and regions, and by a file of the operator how their population desks are reached."""

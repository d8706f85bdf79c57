"""Damage answers at random for as long as one likes, and see that every parser stays total and honest."""

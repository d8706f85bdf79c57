"""Until when anything is kept: whether the clock by which it is taken away is believed, and what outlived its term.

What a table holds and until when its own room says (`database.terms`), and its own room takes it away. Every job that
does asks here for the time first.
"""

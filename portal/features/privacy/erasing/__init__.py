"""Erase everything: what goes and what stays stands before the button, a receipt that names nobody after it."""

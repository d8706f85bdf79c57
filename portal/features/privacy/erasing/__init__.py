"""Erase everything: a page that says what goes and what stays, and a receipt that names nobody."""

"""What every page has around its content, and the pages every site owes: cookies, accessibility, refusals.

Owns no table.
"""

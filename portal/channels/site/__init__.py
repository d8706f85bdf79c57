"""What every page has around its content, and the pages that every site must have: cookies, accessibility, refusals.

Owns no table.
"""

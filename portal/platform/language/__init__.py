"""The languages of the portal: which are on offer, which one holds now, and texts, dates and numbers in it.

It stores nothing about people: a reader's choice stands in their own cookie.
"""

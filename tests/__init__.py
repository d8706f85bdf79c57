"""Tests of the whole portal, and what other tests share: bodies, the walls between rooms, docs, journeys in a
browser.
"""

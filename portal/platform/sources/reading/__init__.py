"""What a body's parse functions may use: facts, outcomes, XML and date readers.

The only door of the portal, beside `kit`, that `agencies` may open.
"""

"""What a body's parse functions may use: facts, outcomes, and readers of XML, JSON, dates and addresses.

`agencies` may import this room and `kit`, and nothing else of the portal.
"""

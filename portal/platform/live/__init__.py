"""Wake the requests that wait for news of a citizen, by notifications of the database (decision 0048).

A notification comes within a second of the news and says nothing about it: whoever was woken reads again.
"""

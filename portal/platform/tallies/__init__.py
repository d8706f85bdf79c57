"""Count how often each page was opened, by day and route, on the server and without personal data.

No network address, no identifier and nothing of a session is known here. Counts below ten are shown to nobody.
"""

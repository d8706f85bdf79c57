"""How often each page was opened, counted by the server alone: by day and route, of nobody (row L2).

No address, no identifier and nothing of a session is known here. Counts below ten are shown to nobody.
"""

"""A citizen says that a datum is wrong: to the body that keeps it, with a receipt, and followed until it is settled.

Owns `corrections_report`, `corrections_delivery` and `corrections_status`. Never changes a datum itself, and never
keeps a datum but the one that the citizen reports.
"""

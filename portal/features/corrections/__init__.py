"""Reports of wrong data: a citizen reports a datum to the body that keeps it, and follows the report until it ends.

Owns `corrections_report`, `corrections_delivery` and `corrections_status`. Never changes a datum itself, and never
keeps a datum but the one that the citizen reports.
"""

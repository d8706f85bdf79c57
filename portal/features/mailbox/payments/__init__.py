"""Payments that documents ask for: checked, drawn as a QR code, put in a calendar, marked as paid by the citizen."""

"""The themes of the Flemish catalogue of public services (IPDC).

For features that read such a theme in a body's manifest; it calls no service and stores nothing.
"""

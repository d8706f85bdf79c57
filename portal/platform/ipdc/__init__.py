"""The Flemish catalogue of services (IPDC): the themes by which it orders what government does for people.

For all who read such a theme in a body's manifest. Asks nobody and keeps nothing.
"""

"""Agentschap Integratie en Inburgering: civic integration and Dutch lessons.

The body publishes no answers and no schema of its JSON services. `schema.json` and the samples are therefore our own
invention, so that the portal and the model town can be built and tested. When the body publishes its own,
`schema.json`, `parse.py` and the samples must follow it; nothing outside this folder needs to change.
"""

"""Agentschap Integratie en Inburgering: civic integration and Dutch lessons.

The body publishes no answers and no schema for its JSON services. What stands in `schema.json` and in the samples is
therefore OURS, made so that the portal and the model town can be built and tested. The day the body publishes its
own, `schema.json`, `parse.py` and the samples follow it; nothing outside this folder needs to change.
"""

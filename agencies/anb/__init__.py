"""Agentschap voor Natuur en Bos: permits for people who fish, hunt or gather in nature."""

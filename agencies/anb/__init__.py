"""Agentschap voor Natuur en Bos: permits for who fishes, hunts or gathers in nature."""

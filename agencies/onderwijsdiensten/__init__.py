"""Agentschap voor Onderwijsdiensten: where you went to school, from nursery to secondary."""

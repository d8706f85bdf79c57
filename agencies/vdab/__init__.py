"""Vlaamse Dienst voor Arbeidsbemiddeling en Beroepsopleiding: your right to support at work."""

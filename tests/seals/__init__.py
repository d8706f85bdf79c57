"""Seals of the model town, honest and attacked, before the portal's judgement and those of others."""

"""Who was not here for two years is told once, and a month later what they gave us goes by itself (row H3)."""

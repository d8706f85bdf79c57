"""Trees of descent: read out of facts, drawn, and judged when a parent asks about a child."""

"""Trees of descent: made from facts, drawn, and judged when a parent asks about a child."""

"""The themes on the home page: a card for each theme, and signals of what asks for attention."""

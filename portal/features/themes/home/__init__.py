"""What the themes bring to the home page: a card for each theme, and what asks for attention."""

"""How a citizen arranged their documents: with a star, and in folders of their own. What is kept of that."""

"""How citizens arrange their documents, with stars and folders of their own, and how that is stored."""

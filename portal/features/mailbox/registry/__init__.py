"""What providers and the federation are asked, and what their answers say."""

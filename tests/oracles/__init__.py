"""What others wrote, to hold our work against: an OpenID provider that is not ours, and MAGDA's published schemas."""

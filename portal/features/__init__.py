"""What a citizen comes for; features do not walk through each other."""

"""What a citizen gave us is deleted when they did not sign in for two years, a month after a mail (decision 0060)."""

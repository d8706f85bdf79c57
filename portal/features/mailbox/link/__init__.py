"""The link with a citizen's eBox: making, withdrawing and ending it; pages about senders and other applications."""

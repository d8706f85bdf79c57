"""Questions. The tables were made in the migrations of mail, where they stood before this was a feature."""

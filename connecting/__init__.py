"""What whoever connects a body works with: a scaffold, its samples and their approved facts, its quality.

No page needs it, and it asks a source only about people who cannot exist.
"""

"""The tools for connecting a body: a scaffold of its folder, its samples and their approved facts, its quality.

No page needs it, and it asks a source only about people who cannot exist.
"""

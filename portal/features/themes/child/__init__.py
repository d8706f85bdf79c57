"""The profile of a minor child for a parent, shown only when parent's and child's answers about descent agree."""

"""The profile of a minor child for a parent, shown only when both answers about descent agree."""

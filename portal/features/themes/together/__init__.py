"""Pages over all datasets at once: the differences between sources, and the timeline."""

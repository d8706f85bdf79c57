"""Benchmarks: figures of speed and memory, mostly ratios to a floor that is measured in the same run."""

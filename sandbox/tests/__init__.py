"""Tests of the model town: it runs in this process on free ports, fed with answers of its own."""

"""Tests of counting pages, and of showing the counts."""

"""Tests of the clock, and of counting rows past their term."""

"""Run Mijn Burgerprofiel on one machine, for `make run`, tests and benchmarks."""

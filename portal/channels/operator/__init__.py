"""The pages for operators: how sources, processes, journal and retention are doing. They show no citizen's data."""

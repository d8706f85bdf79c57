"""What `make run` needs on one machine: PostgreSQL, certificates, supervisor."""

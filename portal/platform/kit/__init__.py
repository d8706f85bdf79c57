"""Small pure helpers: national number, incomplete dates, clock, errors. At most 8 files."""

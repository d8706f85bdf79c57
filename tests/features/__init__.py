"""Features as plugs: each of ours can be left out, and a strange one is put in and taken out again."""

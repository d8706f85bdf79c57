"""One file a protocol: how a question reaches a body and what its answer means."""

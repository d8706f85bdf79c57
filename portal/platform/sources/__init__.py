"""Ask many bodies at once, before the deadline; keep answers no longer than the session.

Features ask through `asking`, with an `Inquiry` for each thing to ask (`datasets` makes those of the manifests).
`catalogue` knows the bodies, `fetch` asks through `gates` by `transports`, `reading` is what bodies' code may use,
`traces` are the journal, the session's store and the log.
"""

"""Where programs run that read what strangers made: no files, no network, no other process, no secret in sight.

A program is a module with `main(given: bytes) -> bytes`, its limits `CPU_SECONDS` and `MEMORY` (bytes of addresses)
and, if it needs threads, `prepare()`, which makes them before the walls close. What it needs it imports when it is
imported itself: afterwards no file can be read. Its `prime()`, if there is one, runs once after that, on nothing of
anybody's, so that no child has to make what libraries make at first use. Its feature declares it
(`Feature.programs`) and runs it by `programs.run`. A fork server that never held a secret has read all programs and
forks a child for each job. The child walls itself in, reads one input, answers once and dies. The room keeps nothing.
"""

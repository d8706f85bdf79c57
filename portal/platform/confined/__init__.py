"""Run programs that parse what strangers made, without files, network, other processes or secrets (decision 0016).

A program is a module with `main(given: bytes) -> bytes`, its limits `CPU_SECONDS` and `MEMORY` (bytes of address
space) and, if it needs threads, `prepare()`, which starts them before the walls close. It imports all that it needs
at its own
import: afterwards no file can be read. Its `prime()`, if there is one, is then called once in the fork server,
without anybody's data, for what libraries build at first use. A feature declares its programs (`Feature.programs`)
and runs them by `programs.run`. A fork server that never held a secret has imported all programs and forks a child
for each job. The child walls itself in, reads one input, answers once and dies. The room keeps nothing.
"""

"""The asynchronous connection pools of a process, one per database (decisions 0001 and 0014). Knows no table of its
own.

`pool` is what other rooms call; `terms` reads what each table holds, and until when.
"""

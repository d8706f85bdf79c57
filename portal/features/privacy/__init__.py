"""Privacy: the policy, the register of processing, who used somebody's data, their rights, copy, erasure, retention.

What other features keep of a citizen is reached by what each declares (`feature.types.Tables`), never by their names.
"""

"""The contract: the rules that every dataset keeps. `check_agencies` and `tests/agencies` both run all of them.

Each rule is a function, whose docstring states what must hold. It gets all that is known of a dataset (`evidence`)
and yields a sentence for each fault: the file, the place, and what to do where that is not plain. A sentence holds no
whole national number.
"""

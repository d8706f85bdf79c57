"""What every dataset keeps, each rule one function: `check_agencies` and `tests/agencies` run the same ones.

A rule gets all that is known of a dataset (`evidence`) and yields a sentence for each thing that is wrong: the file,
the place, and what to do where that is not plain. It names no whole national number.
"""

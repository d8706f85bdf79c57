"""National numbers of people who do not exist, for answers about somebody else."""

# Valid test numbers (month + 60) from the public answers of MAGDA: they are nobody's.
_STRANGERS = ("67722499797", "43610199712")


def stranger(number: str) -> str:
    """Give a valid test number that is not this one."""
    return next(other for other in _STRANGERS if other != number)

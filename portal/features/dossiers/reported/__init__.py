"""What bodies report of their dossiers (DOSIS): taken in whole, sealed to each citizen who may see it, shown apart.

A report is never mixed with what was asked live. It is gone when its body takes it back, at its term, and on erasure.
"""

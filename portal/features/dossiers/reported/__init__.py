"""Take in the dossiers that bodies report themselves (DOSIS), and keep each sealed to every citizen who may see it.

A reported dossier is shown only where no live answer has it, and is marked as reported. It is deleted when its body
takes it back, at the end of its term, and when its citizen is erased.
"""

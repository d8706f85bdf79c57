"""The policy, kept by the software: who used somebody's data, what we keep of them, their rights, what it rests on.

What is kept of a citizen by other features it asks by what each declares (`feature.types.Tables`), and never by name.
"""

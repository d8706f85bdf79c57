"""Small pure helpers that know no room of the portal: national numbers, incomplete dates, typed text, errors.

A house test keeps it to nine modules.
"""

"""Notices of bodies, and news of the eBox: received, listed, and mailed as citizens chose (contact preferences).

It owns the tables `notifications_*`: bundles, threads, notices, deliveries (mails) and preferences. It never keeps
more of a notice than annex 1 of the policy names, nor longer than the manifest of its body says; never tells a sender
whether somebody is known; and never mails a citizen who did not choose it.
"""

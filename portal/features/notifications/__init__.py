"""Tell a citizen what changed, once, where they want it: notices of bodies, and how many were not read.

Owns `notifications_notice`, `notifications_thread`, `notifications_bundle` and `notifications_preferences`. Never
keeps more of a notice than annex 1 of the policy names, nor longer than its body's manifest says; never tells a
sender whether somebody is known; never mails where it was not chosen.
"""

"""What citizens gave us themselves: a nickname, a photo, e-mail addresses, saved addresses.

Owns `profile_kept`, `profile_email`, `profile_address`, `profile_proposal`, `profile_code_sent` and
`profile_dismissal`; what people gave is sealed with their own keys. Never uses what was not confirmed, and keeps
nothing that was taken back.
"""

"""What citizens gave us themselves: a nickname, a photo, a contact address for mail, saved addresses.

Owns `profile_kept`, `profile_address`, `profile_proposal` and `profile_code_sent`; what people gave is sealed with
their own keys. Never uses what was not confirmed, and keeps nothing that was taken back.
"""

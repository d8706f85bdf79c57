"""Questions to the contact centre: typed in a form by anybody, signed in or not, and sent on by mail.

Owns `mail_question` and `mail_question_rate`. A question is not stored as a citizen's. Until it is sent it is sealed
with a key of its own; afterwards only its id and times stay, for a fortnight. The tables and the job are named after
the room `mail`, which had them before: processes of that release still use them.
"""

"""Questions to the people of the contact centre: asked with a form, passed on by mail as they were typed.

Owns `mail_question` and `mail_question_rate`. A question is no citizen's row: whoever asks need not be signed in.
Until it is sent it is sealed with a key of its own; afterwards only its number and times stay, for a fortnight. The
tables and the job bear the name of the room that had them before: processes of that release still use them.
"""

"""The one door for every mail of the portal: greeting, fixed advice, no link; sent by a job that survives a crash.

Owns `mail_outbox`: what is still to be sent, sealed with the citizen's mail key. Never keeps a mail that was sent.
Owns `mail_question` too: what people ask the contact centre, which is passed on as it was written, and
`mail_question_rate`: how often a network asked, for an hour.
"""

"""The one door for every mail of the portal: greeting, fixed advice, no link; sent by a job that survives a crash.

Owns `mail_outbox`: what is still to be sent, sealed with the citizen's mail key. Never keeps a mail that was sent.
"""

"""Send every mail of the portal: with a greeting, fixed advice and no link, by a job that survives a crash.

Owns `mail_outbox`: the mails that are still to be sent, sealed with their citizen's mail key (decision 0009). Never
keeps a mail that was sent.
"""

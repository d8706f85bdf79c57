"""The mailbox: documents that governments send to a citizen's eBox, read at every provider once they linked it.

It owns the link (a citizen's consent), their stars, folders, reminders and notes of what is paid, and the copies that
they choose to keep. It asks for documents at their providers each time, and keeps none of them unasked.
"""

"""The mailbox: documents that governments send to a citizen's eBox, read at every provider once they linked it.

It owns the link (consent and address), and what the manifest of the federation says of its services. Documents are
asked for live and never kept.
"""

"""Who sealed a PDF (a seal is a digital signature on it), when, and whether the PDF is still what was sealed.

Features call `checking.judge`, which gives a `types.Judgement`; the other modules run in a confined process, and no
document is kept. pyHanko does the cryptography. What may be added to a sealed document is our own closed list
(decision 0042). No address in a document is ever fetched; the operator says which roots are trusted, never the
system.
"""

"""Who sealed a PDF, when, and whether it is still what was sealed; judged in a confined process, nothing kept.

The door is `checking`: it gives a `types.Judgement`. pyHanko does the cryptography; what counts as unchanged is our
own rule, a closed list (decision 0042). No address that stands in a document is ever fetched, and who is trusted is
said by the operator, never by the system.
"""

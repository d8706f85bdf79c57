"""The queue of jobs: work that a page must not wait for, or that recurs by a schedule (decision 0009).

Owns the tables of procrastinate (`procrastinate_*`) and `jobs_deferrable`. A job is put in with the transaction that
causes it and names only ids; the task looks up the rest when it runs. A job runs at least once, so tasks are
idempotent.
"""

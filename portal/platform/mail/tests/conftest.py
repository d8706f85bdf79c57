"""Mail goes the whole way: outbox, queue, worker, SMTP, inbox of the town."""

from tests.inbox import _lets_go_of_the_cluster, citizen, inbox, running_inbox, workers

__all__ = ["_lets_go_of_the_cluster", "citizen", "inbox", "running_inbox", "workers"]

"""Mail over the whole way: outbox, queue, worker, SMTP, inbox of the town."""

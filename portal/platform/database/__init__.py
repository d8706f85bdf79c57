"""The one asynchronous connection pool of a worker. Knows no table."""

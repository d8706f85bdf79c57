"""What commands of the database rooms have in common: trouble of ours is said in one line, and never as a trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management.base import CommandError
from psycopg_pool import PoolTimeout

from portal.platform.kit.errors import PortalError


@contextmanager
def in_one_line(what: str = "") -> Iterator[None]:
    """Raise CommandError for what a room or a database refuses. what: begins the line, "could not verify"."""
    try:
        yield
    except (PortalError, psycopg.Error, PoolTimeout) as error:
        raise CommandError(f"{what}: {error}" if what else str(error)) from None

"""Report errors of management commands in one line, without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management.base import CommandError
from psycopg_pool import PoolTimeout

from portal.platform.kit.errors import PortalError


@contextmanager
def in_one_line(what: str = "") -> Iterator[None]:
    """Turn an error of a room or of a database into a CommandError. what: begins the line, "could not verify"."""
    try:
        yield
    except (PortalError, psycopg.Error, PoolTimeout) as error:
        raise CommandError(f"{what}: {error}" if what else str(error)) from None

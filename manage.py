#!/usr/bin/env python3
"""Run Django's management commands for the portal."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from portal.platform.confined import walls

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    # Several commands read master keys.
    walls.close_to_others()
    # Its commands are for whoever connects a body; no process of the portal needs them.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "connecting"]
    execute_from_command_line(sys.argv)

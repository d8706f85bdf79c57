"""Start the Chromium in which tests and benchmarks open pages: Debian's, as Playwright's builds are out of reach.

Its headless shell where there is one: the same engine without windows, which opens a page with a quarter of the work.
"""

import shutil

from playwright.async_api import Browser, Playwright

# As root Chromium has no sandbox; without the rest it talks to hosts of its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # As in a window: the headless shell would make letters fit whole pixels, which makes lines wider.
    "--font-render-hinting=none",
]


async def start(playwright: Playwright) -> Browser:
    """Start a browser, without any page."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
    return await playwright.chromium.launch(executable_path=path, args=FLAGS)

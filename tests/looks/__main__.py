"""Serves the page of all components, to look at: `make looks`, then http://127.0.0.1:8090/ui/ (LOOKS_PORT)."""

import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / ".local" / "looks"


def main() -> None:
    """Make the page and its files anew, and serve them until somebody stops it."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.config.settings", "STATIC_ROOT": str(FOLDER / "static")}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    from .gallery import page

    (FOLDER / "ui").mkdir(parents=True, exist_ok=True)
    (FOLDER / "ui" / "index.html").write_text(page(), "utf-8")
    port = int(os.environ.get("LOOKS_PORT", "8090"))
    print(f"http://127.0.0.1:{port}/ui/", flush=True)
    with ThreadingHTTPServer(("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(FOLDER))) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()

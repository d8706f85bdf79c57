"""From a page to a body there is one way, `sources.asking`, with `single` for a file that is too large to
be held and for what a citizen changes there; and one from a citizen's errand, `sources.delivery`.
"""

import grimp

SOURCES = "portal.platform.sources"
# What only the protocol may use: asking, kept answers, and the journal before and after.
INSIDE = ("transports", "fetch", "traces", "answers", "gates", "unread")
# Modules that use it without asking a body, and why.
ALLOWED = {
    ("portal.config.checks", f"{SOURCES}.transports.ws_security"),  # whether the signing key can be used
}


def is_below(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def imports(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    return {
        (module, imported)
        for module in graph.modules
        if is_below(module, "portal") and ".tests" not in module
        for imported in graph.find_modules_directly_imported_by(module)
    }


def test_no_module_outside_sources_reaches_a_body_past_the_protocol():
    inside = [f"{SOURCES}.{name}" for name in INSIDE]
    reached = {
        (module, imported)
        for module, imported in imports(grimp.build_graph("portal", cache_dir=None))
        if not is_below(module, SOURCES) and any(is_below(imported, room) for room in inside)
    }
    assert reached == ALLOWED


def test_within_sources_the_journal_stands_before_every_question():
    """Asking takes the journal's receipt, which only the protocol obtains."""
    found = imports(grimp.build_graph("portal", cache_dir=None))
    inside = (
        "fetch",
        "traces.processing",
        "traces.store",
        "transports.magda",
        "transports.partner",
        "transports.registry",
        "transports.rest",
    )
    rooms = [f"{SOURCES}.{name}" for name in inside]
    users = {
        room.removeprefix(f"{SOURCES}."): sorted(
            module.removeprefix(f"{SOURCES}.") for module, imported in found if imported == room
        )
        for room in rooms
    }
    assert users == {
        "fetch": ["asking"],
        "traces.processing": ["asking", "single"],
        "traces.store": ["traces.processing"],
        "transports.magda": ["fetch"],
        "transports.partner": ["fetch"],
        "transports.registry": ["changing", "fetch", "files"],
        "transports.rest": ["delivery", "fetch"],
    }


def test_only_the_provider_and_the_sources_call_over_the_wire():
    wire = "portal.platform.wire"
    found = imports(grimp.build_graph("portal", include_external_packages=True, cache_dir=None))
    users = {module for module, imported in found if is_below(imported, wire) and not is_below(module, wire)}
    assert {module for module in users if not is_below(module, SOURCES)} == {
        "portal.platform.access.wire",
        # They close the connections when the worker ends.
        "portal.config.asgi",
        "portal.config.management.commands.work",
    }
    clients = ("aiohttp", "aiohappyeyeballs", "http.client", "urllib.request")
    assert {(module, imported) for module, imported in found if any(is_below(imported, one) for one in clients)} == {
        (f"{wire}.connecting", "aiohappyeyeballs")
    }

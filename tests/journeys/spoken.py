"""What a screen reader has to say of a page, in order: read from Chromium's accessibility tree, a line a block.

`heading 2`, `link`, `button` and the like are roles as they stand in the tree; what a landmark or a list holds is
set further in. What changes from run to run (times, today) is written alike.
"""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.platform.language import dates

Node = dict[str, Any]
LANDMARKS = {
    "banner",
    "navigation",
    "main",
    "contentinfo",
    "complementary",
    "region",
    "search",
    "form",
    "status",
    "alert",
    "article",
    "table",
}
CONTROLS = {
    "link",
    "button",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "radio",
    "DisclosureTriangle",
    "image",
}
# Roles in Chromium's tree that people do not know, and a word for each.
CALLED = {"DisclosureTriangle": "fold", "textbox": "field", "searchbox": "search field", "combobox": "choice"}
STATES = {"expanded": ("closed", "open"), "checked": ("", "checked"), "invalid": ("", "wrong")}


async def speech_of(page) -> str:
    """Write what a screen reader would say of the open page, from its title on."""
    # Wait until animations are over: everything that appears after a moment is there then.
    await page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    client = await page.context.new_cdp_session(page)
    try:
        nodes = (await client.send("Accessibility.getFullAXTree"))["nodes"]
    finally:
        await client.detach()
    speech = _Speech({node["nodeId"]: node for node in nodes})
    speech.say(nodes[0])
    return _alike("\n".join(speech.lines)) + "\n"


class _Speech:
    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.lines: list[str] = []
        self.inline: list[str] = []
        self.depth = 0

    def say(self, node: Node) -> None:
        role, name = _role(node), _name(node)
        if node["ignored"]:
            self.say_all(node)
        elif role in ("StaticText", "LineBreak"):
            self.inline.append(name)
        elif role == "RootWebArea":
            self.line(f"page: {name}")
            self.say_all(node)
        elif role == "heading":
            linked = ", link" if any(_role(one) == "link" for one in self.below(node)) else ""
            self.line(f"heading {_properties(node).get('level')}{linked}: {name}")
        elif role in CONTROLS:
            self.inline.append(f"[{' '.join(filter(None, (CALLED.get(role, role), _state(node))))}: {name}]")
            if said := (node.get("description") or {}).get("value"):
                self.inline.append(f"({said})")
        elif role == "term":
            self.flush()
            self.inline.append(f"{name}: ")
        elif role == "definition":
            self.say_all(node)
            self.flush()
        elif role in LANDMARKS:
            self.inside(f"{role}: {name}" if name else role, node)
        elif role == "list":
            self.inside(f"list of {sum(_role(one) == 'listitem' for one in self.below(node, 1))}", node)
        else:
            self.flush()
            self.say_all(node)
            self.flush()

    def say_all(self, node: Node) -> None:
        for one in node.get("childIds", ()):
            if one in self.nodes:
                self.say(self.nodes[one])

    def inside(self, what: str, node: Node) -> None:
        self.line(what)
        self.depth += 1
        self.say_all(node)
        self.flush()
        self.depth -= 1

    def line(self, what: str) -> None:
        self.flush()
        self.lines.append("  " * self.depth + what)

    def flush(self) -> None:
        # What stands on lines of its own is told apart by a pause.
        text = re.sub(r"\s+", " ", " ".join(self.inline)).strip()
        self.inline = []
        if text:
            self.line(text)

    def below(self, node: Node, levels: int = 9) -> list[Node]:
        """List what stands below a node, ignored nodes not counted as a level."""
        found: list[Node] = []
        for one in (self.nodes[each] for each in node.get("childIds", ()) if each in self.nodes):
            found += [] if one["ignored"] else [one]
            if one["ignored"] or levels > 1:
                found += self.below(one, levels if one["ignored"] else levels - 1)
        return found


def _role(node: Node) -> str:
    return str((node.get("role") or {}).get("value", ""))


def _name(node: Node) -> str:
    return str((node.get("name") or {}).get("value", ""))


def _properties(node: Node) -> dict[str, Any]:
    return {each["name"]: each["value"].get("value") for each in node.get("properties", ())}


def _state(node: Node) -> str:
    properties = _properties(node)
    words = [
        options[properties[name] not in (False, "false")] for name, options in STATES.items() if name in properties
    ]
    return " ".join(filter(None, words))


def _alike(text: str) -> str:
    today = dates.day(datetime.now(ZoneInfo("Europe/Brussels")))
    return re.sub(r"\b\d\d:\d\d\b", "00:00", text).replace(today, "(today)")

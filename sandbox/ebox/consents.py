"""Which applications show somebody's letters: the federation's register of consents, which is this town's own design.

A citizen's portal asks with the citizen's token, and may change what concerns itself. Whoever sends may ask whether
somebody consented anywhere: without it a letter goes on paper.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

AUDIENCE = "urn:x-modelstad:ebox:federation"
OWN = "mijn-burgerprofiel"
PLATFORMS = {
    "my-ebox": "My eBox",
    OWN: "Mijn Burgerprofiel",
    "irisbox": "IRISbox",
    "doccle": "Doccle",
    "trusto": "Trusto",
    "bpost": "bpost",
    "kbc": "KBC",
}
# Who has others from the start.
_SAMPLES = {"84651421235": ("my-ebox", "doccle"), "82710312762": ("kbc",)}


@dataclass
class Consents:
    """Hold since when somebody lets which application show letters, by person and application."""

    given: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def put_back(self, now: float) -> None:
        """Let all be as it was when the town began."""
        since = datetime.fromtimestamp(int(now), UTC)
        self.given = {person: dict.fromkeys(ids, since) for person, ids in _SAMPLES.items()}

    def of(self, person: str) -> dict[str, Any]:
        """List every application, with whether it shows somebody's letters and since when."""
        given = self.given.get(person, {})
        items: list[dict[str, Any]] = []
        for platform, name in PLATFORMS.items():
            line = {"platformId": platform, "platformName": dict.fromkeys(("nl", "fr", "de", "en"), name)}
            since = {"consentDate": given[platform].strftime("%Y-%m-%dT%H:%M:%SZ")} if platform in given else {}
            items.append({**line, "consent": platform in given, **since})
        return {"items": items, "totalItems": len(items)}

    def turn(self, person: str, platform: str, now: float, *, is_given: bool) -> None:
        """Give consent to one application, or take it back; what is so already stays as it is."""
        given = self.given.setdefault(person, {})
        if is_given:
            given.setdefault(platform, datetime.fromtimestamp(int(now), UTC))
        else:
            given.pop(platform, None)

"""The federation's register of consents: which applications may show somebody's letters.

A portal reads a citizen's consents with a token about that citizen, and may change the one to itself. A sender may
ask whether somebody consented to any application: without a consent, a letter goes on paper.
The search by senders is that of the federation's API; reading and changing consents is the town's own design.
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
# The consents at the start, by national number.
_SAMPLES = {"84651421235": ("my-ebox", "doccle"), "82710312762": ("kbc",)}


@dataclass
class Consents:
    """Hold the dates of all consents, by person and application."""

    dates: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def reset(self, now: float) -> None:
        """Restore the consents of the start, dated `now` (seconds since 1970)."""
        since = datetime.fromtimestamp(int(now), UTC)
        self.dates = {person: dict.fromkeys(ids, since) for person, ids in _SAMPLES.items()}

    def of(self, person: str) -> dict[str, Any]:
        """List every application, with the person's consent to it and its date, as the JSON of the answer."""
        dates = self.dates.get(person, {})
        items: list[dict[str, Any]] = []
        for platform, name in PLATFORMS.items():
            item = {"platformId": platform, "platformName": dict.fromkeys(("nl", "fr", "de", "en"), name)}
            since = {"consentDate": dates[platform].strftime("%Y-%m-%dT%H:%M:%SZ")} if platform in dates else {}
            items.append({**item, "consent": platform in dates, **since})
        return {"items": items, "totalItems": len(items)}

    def change(self, person: str, platform: str, now: float, *, is_given: bool) -> None:
        """Give consent to one application, or withdraw it; a consent that exists keeps its date."""
        dates = self.dates.setdefault(person, {})
        if is_given:
            dates.setdefault(platform, datetime.fromtimestamp(int(now), UTC))
        else:
            dates.pop(platform, None)

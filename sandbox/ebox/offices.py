"""Who keeps letters: what the federation says of each, and how its registry behaves."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

ZONE = ZoneInfo("Europe/Brussels")
FEDERATION = "ebox-federation"
EVENTS = "ebox-events"

Version = Annotated[str, msgspec.Meta(pattern=r"^[23]\.[0-9]$")]


class Maintenance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Announce that nobody answers from one moment to another; one without a zone is Belgian."""

    start_date: datetime
    end_date: datetime


class OfficeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Say how a registry behaves, and what the federation tells of it.

    is_ordered: newest first; else its order follows from ids only. has_patch: it takes in that a letter is hidden.
    url: what the federation names in place of the registry's own address.
    """

    version: Version = "3.0"
    is_ordered: bool = True
    has_patch: bool = True
    maintenance: tuple[Maintenance, ...] = ()
    activation_date: date = date(2019, 6, 2)
    deactivation_date: date | None = None
    url: str = ""

    @property
    def major(self) -> str:
        """Give the digit of its address."""
        return self.version[0]


@dataclass
class PostOffice:
    """Hold one who keeps letters; `usual` are its rules when nobody changed them."""

    id: str
    names: dict[str, str]
    usual: OfficeRules
    rules: OfficeRules = field(init=False)

    def __post_init__(self) -> None:
        self.rules = self.usual

    @property
    def source(self) -> str:
        """Name its switch."""
        return f"ebox-{self.id}"

    @property
    def audience(self) -> str:
        """Say for whom tokens must be."""
        return f"urn:x-modelstad:ebox:{self.id}"

    def is_away(self, now: float) -> bool:
        """Tell whether it announced that it does not answer now."""
        moment = datetime.fromtimestamp(now, UTC)
        return any(aware(one.start_date) <= moment < aware(one.end_date) for one in self.rules.maintenance)

    def described(self, origin: str) -> dict[str, Any]:
        """Give its line of the federation's list; origin: scheme, host and port of the registries."""
        rules = self.rules
        line: dict[str, Any] = {
            "messageProviderId": self.id,
            "messageProviderName": self.names,
            "messageProviderDescription": self.names,
            "messageProviderUrl": rules.url or f"{origin}/ebox/{self.id}/v{rules.major}",
            "messageProviderActivationDate": rules.activation_date.isoformat(),
            "messageProviderTechnicalContact": "techniek@modelstad.example",
            "messageProviderPlannedMaintenance": [
                {"startDate": _write(one.start_date), "endDate": _write(one.end_date)} for one in rules.maintenance
            ],
            "apiSupportedVersion": rules.version,
        }
        if rules.deactivation_date is not None:
            line["messageProviderDeactivationDate"] = rules.deactivation_date.isoformat()
        return line


def offices() -> dict[str, PostOffice]:
    """Make the three that keep letters, each as it behaves when nothing was changed."""
    made = (
        PostOffice(
            "smals",
            {
                "nl": "Sociale zekerheid",
                "fr": "Sécurité sociale",
                "de": "Soziale Sicherheit",
                "en": "Social security",
            },
            OfficeRules(version="2.1", is_ordered=False, has_patch=False),
        ),
        PostOffice(
            "vlaanderen",
            {"nl": "Vlaanderen", "fr": "Flandre", "de": "Flandern", "en": "Flanders"},
            OfficeRules(activation_date=date(2020, 5, 13)),
        ),
        PostOffice(
            "federaal",
            {
                "nl": "Federale overheid",
                "fr": "Autorité fédérale",
                "de": "Föderalbehörde",
                "en": "Federal government",
            },
            OfficeRules(),
        ),
    )
    return {one.id: one for one in made}


def aware(moment: datetime) -> datetime:
    """Take a moment without a zone for a Belgian one."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZONE)


def out_of_use(origin: str) -> list[dict[str, Any]]:
    """Give the lines of two that nobody may ask: one that ended, and one that has not begun."""
    ended = PostOffice(
        "vroeger",
        {"nl": "Vroegere brievenbus", "fr": "Ancienne boîte aux lettres"},
        OfficeRules(version="2.0", activation_date=date(2017, 12, 1), deactivation_date=date(2023, 1, 1)),
    )
    coming = PostOffice(
        "later",
        {"nl": "Brievenbus van later", "fr": "Boîte aux lettres future"},
        OfficeRules(activation_date=date(2099, 1, 1)),
    )
    return [ended.described(origin), coming.described(origin)]


def _write(moment: datetime) -> str:
    return aware(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

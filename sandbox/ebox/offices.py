"""The registries of the eBox: their entries in the federation's list, and the rules by which each behaves."""

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
    """Hold the begin and end of planned maintenance; a moment without a zone is in Belgian time."""

    start_date: datetime
    end_date: datetime


class OfficeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Hold how a registry behaves, and what its entry in the federation's list says.

    is_ordered: its list is newest first, and not in an arbitrary order. has_patch: letters can be hidden. url: what
    the entry has instead of the registry's own URL.
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
        """Give the major version, as in its URL."""
        return self.version[0]


@dataclass
class PostOffice:
    """Hold a provider of the eBox with its registry; `usual` are its rules when the console has not changed them."""

    id: str
    names: dict[str, str]
    usual: OfficeRules
    rules: OfficeRules = field(init=False)

    def __post_init__(self) -> None:
        self.rules = self.usual

    @property
    def source(self) -> str:
        """Give the name of its switch."""
        return f"ebox-{self.id}"

    @property
    def audience(self) -> str:
        """Give the `aud` that tokens must have."""
        return f"urn:x-modelstad:ebox:{self.id}"

    def is_away(self, now: float) -> bool:
        """Tell whether it is in planned maintenance now."""
        moment = datetime.fromtimestamp(now, UTC)
        return any(aware(it.start_date) <= moment < aware(it.end_date) for it in self.rules.maintenance)

    def entry(self, origin: str) -> dict[str, Any]:
        """Give its entry in the federation's list; origin: scheme, host and port of the registries."""
        rules = self.rules
        entry: dict[str, Any] = {
            "messageProviderId": self.id,
            "messageProviderName": self.names,
            "messageProviderDescription": self.names,
            "messageProviderUrl": rules.url or f"{origin}/ebox/{self.id}/v{rules.major}",
            "messageProviderActivationDate": rules.activation_date.isoformat(),
            "messageProviderTechnicalContact": "techniek@modelstad.example",
            "messageProviderPlannedMaintenance": [
                {"startDate": _write(it.start_date), "endDate": _write(it.end_date)} for it in rules.maintenance
            ],
            "apiSupportedVersion": rules.version,
        }
        if rules.deactivation_date is not None:
            entry["messageProviderDeactivationDate"] = rules.deactivation_date.isoformat()
        return entry


def offices() -> dict[str, PostOffice]:
    """Make the three registries with their usual rules, by id."""
    three = (
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
    return {office.id: office for office in three}


def aware(moment: datetime) -> datetime:
    """Give a moment without a zone that of Belgium."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZONE)


def entries_out_of_use(origin: str) -> list[dict[str, Any]]:
    """Give the entries of two registries that must not be asked: one that ended, and one that has not started."""
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
    return [ended.entry(origin), coming.entry(origin)]


def _write(moment: datetime) -> str:
    return aware(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

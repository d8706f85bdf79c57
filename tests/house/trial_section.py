"""Sections of features that there are not, for a test to register."""

import msgspec

from portal.platform.sources.sections import Endpoint, Keys, Section, WrongKey


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where dossiers of a dataset are asked after."""

    source: str
    hours: int = 8


class DeskKeys(Keys, frozen=True):
    """A table of a dataset and a key of its own."""

    desk: Desk | None = None
    nickname: str = ""

    def __post_init__(self) -> None:
        """Refuse a nickname that shouts."""
        if self.nickname.isupper():
            raise WrongKey("nickname", f"{self.nickname!r} shouts", "write it in small letters")

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Name the desk's."""
        return (Endpoint(self.desk.source, "/v1/desk", "dv_desk"),) if self.desk else ()


class RoomKeys(Keys, frozen=True):
    """A key of the manifest itself."""

    rooms: tuple[str, ...] = ()


class ThemeAgainKeys(Keys, frozen=True):
    """A key that themes have."""

    theme: str = ""


class TitleAgainKeys(Keys, frozen=True):
    """A key that the manifest has."""

    title: str = ""


DESK = Section("desks", DeskKeys, scopes=("desks:open",))
ROOMS = Section("rooms", RoomKeys, level="body")
THEME_AGAIN = Section("again", ThemeAgainKeys)
TITLE_AGAIN = Section("titles", TitleAgainKeys)

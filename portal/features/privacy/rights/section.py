"""The table `[rights]` of a body's `agency.toml`: where it takes in requests of people about their data."""

from typing import Annotated

import msgspec

from portal.platform.language.translations import Text
from portal.platform.mail import addresses
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.sections import Endpoint, Keys, Section, WrongKey


class RightsDesk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who in the body takes requests in, and how they are delivered.

    name: of the function, as people read it. Either email, the address of its mailbox; or path, below REST_URL,
    where JSON is taken in with a token for scope, and source, by which that address is switched off. post: the postal
    address for people who cannot sign in, on one line, or "".
    """

    name: Annotated[Text, msgspec.Meta(min_length=1, max_length=200)]
    email: str = ""
    source: str = ""
    path: Annotated[str, msgspec.Meta(pattern=r"^(/[A-Za-z0-9/_.-]+)?$")] = ""
    scope: str = ""
    post: Text = ""

    def __post_init__(self) -> None:
        """Refuse two ways or none, half an endpoint, and an address that no mail can go to."""
        place = (self.source, self.path, self.scope)
        if any(place) != all(place):
            raise WrongKey("path", "`source`, `path` and `scope` come together", "write all three, or none")
        if bool(self.email) == all(place):
            raise WrongKey("email", "a body takes in requests in one way", "write `email`, or an endpoint")
        if self.email and not addresses.is_usable(self.email):
            raise WrongKey("email", "it is no address that mail can go to", "write one plain address")

    @property
    def endpoint(self) -> Endpoint | None:
        """Give the endpoint to which requests go as JSON; None where they go by mail."""
        return Endpoint(self.source, self.path, self.scope) if self.path else None


class RightsKeys(Keys, frozen=True):
    """The key of a body's manifest that rights read."""

    rights: RightsDesk | None = None

    def endpoints(self) -> tuple[Endpoint, ...]:
        """List the endpoint to which requests go as JSON, if there is one."""
        endpoint = self.rights.endpoint if self.rights else None
        return (endpoint,) if endpoint else ()


SECTION = Section("rights", RightsKeys, level="body")


def of(agency: Agency) -> RightsDesk | None:
    """Give where a body takes requests in, texts in the current language; None where its manifest does not say."""
    return SECTION.of(agency).rights

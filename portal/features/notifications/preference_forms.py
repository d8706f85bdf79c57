"""The forms of contact preferences: one address for all services, or one for each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.features.profile.types import VerifiedEmail
from portal.platform.kit import domain_name

from . import preference_rules as rules
from .preference_rules import Pace, Preferences
from .service_list import ServiceName

NO_MAIL = ""  # value of an option: no mail about this service
GONE = _("Dit adres staat niet meer in uw profiel. Kies een ander.")
PACES = (
    (Pace.AT_ONCE.value, _("Meteen, bij elk nieuws")),
    (Pace.DAILY.value, _("Hoogstens één keer per dag, alles samen")),
)


EXPIRY = "expiry"
YES, NO = "ja", "nee"


class _PaceForm(forms.Form):
    """The fields that both forms have: how soon mails are sent, and whether also about documents that expire soon."""

    pace = forms.ChoiceField(
        label=_("Wanneer wilt u de mails?"),
        choices=PACES,
        error_messages={"required": _("Kies wanneer u de mails wilt."), "invalid_choice": _("Kies een van de twee.")},
    )

    # Not required: a page of the release before does not have this field, and then the choice stays as it is.
    expiry = forms.ChoiceField(
        label=_("Ook een mail als een document bijna uit uw eBox verdwijnt?"),
        required=False,
        choices=((YES, _("Ja, een week ervoor, als u het nog niet las")), (NO, _("Nee"))),
        error_messages={"invalid_choice": _("Kies een van de twee.")},
    )

    @property
    def may_mail_expiry(self) -> bool:
        """Whether mails about documents that expire soon were chosen. After `is_valid`."""
        return (self.cleaned_data[EXPIRY] or self.initial.get(EXPIRY)) != NO

    @property
    def chosen_pace(self) -> Pace:
        """The pace that was chosen. After `is_valid`."""
        return Pace(self.cleaned_data["pace"])


class AllForm(_PaceForm):
    """The form with one address for all services."""

    def __init__(self, *arguments: Any, emails: Sequence[VerifiedEmail], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["email"] = forms.ChoiceField(
            label=_("Op welk e-mailadres?"),
            choices=_write(emails),
            error_messages={"required": _("Kies een e-mailadres."), "invalid_choice": GONE},
        )
        self.order_fields(["email"])  # Errors are listed in the order of the page.

    def preferences(self) -> Preferences:
        """Give what was chosen; after `is_valid`."""
        email_id = UUID(self.cleaned_data["email"])
        return rules.for_all(email_id, self.chosen_pace, may_mail_expiry=self.may_mail_expiry)


class EachForm(_PaceForm):
    """The form with an address, or no mail, for each service. known: the preferences so far, None if unreadable."""

    def __init__(
        self,
        *arguments: Any,
        emails: Sequence[VerifiedEmail],
        services: Sequence[ServiceName],
        known: Preferences | None,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._names = {name_of(service): service.key for service in services}
        self._others = rules.others(known or Preferences(), [service.key for service in services], emails)
        for service in services:
            self.fields[name_of(service)] = forms.ChoiceField(
                label=service.name,
                required=False,
                choices=[(NO_MAIL, _("Geen mail")), *_write(emails)],
                error_messages={"invalid_choice": GONE},
            )
        self.order_fields([*self._names, EXPIRY])  # The eBox is the last service, and `expiry` belongs to it.

    def preferences(self) -> Preferences:
        """Give what was chosen, beside what was chosen before for services that are not offered; after `is_valid`.

        Whoever wants no mail about any service that is offered wants none at all.
        """
        chosen = {key: self.cleaned_data[name] for name, key in self._names.items()}
        services = {key: UUID(email) for key, email in chosen.items() if email}
        services = {**self._others, **services} if services else {}
        return rules.for_each(services, self.chosen_pace, may_mail_expiry=self.may_mail_expiry)


def name_of(service: ServiceName) -> str:
    """Give the name of the field of a service."""
    return "dienst-" + service.key.replace("/", "-")


def initial(preferences: Preferences | None, services: Sequence[ServiceName], emails: Sequence[VerifiedEmail]) -> Any:
    """Give the initial values of either form: the current preferences, or the main address for all services.

    A chosen address that left the profile counts as no mail.
    """
    known = preferences or Preferences()
    verified = {email.id for email in emails}

    def as_value(email_id: UUID | None) -> str:
        return str(email_id) if email_id in verified else NO_MAIL

    main = next((email.id for email in emails), None)
    of_service = {name_of(one): known.email_id or known.services.get(one.key) for one in services}
    return {
        "pace": known.pace.value,
        EXPIRY: YES if known.may_mail_expiry else NO,
        "email": as_value(known.email_id) or as_value(main),
        **{name: as_value(email_id) for name, email_id in of_service.items()},
    }


def _write(emails: Sequence[VerifiedEmail]) -> list[tuple[str, str]]:
    return [(str(email.id), domain_name.address_to_unicode(email.address)) for email in emails]

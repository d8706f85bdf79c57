"""The form with which a citizen chooses the day of a reminder."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..reminders import days

DAY = "dag"  # the name of the field; the method `clean_dag` has it in its own
WRONG = _("Vul een dag in, zoals 31/12/2026.")


class RemindForm(forms.Form):
    """The day of a reminder. today: in Belgium; expires_at: when the document expires (UTC), None for never."""

    def __init__(self, *arguments: Any, today: date, expires_at: datetime | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._today, self._expires_at = today, expires_at
        self.fields[DAY] = forms.DateField(
            label=_("Een andere dag"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
            error_messages={"required": _("Kies een dag."), "invalid": WRONG},
        )

    def clean_dag(self) -> date:
        """Refuse a day on which the reminder cannot be sent."""
        on: date = self.cleaned_data[DAY]
        if on <= self._today:
            raise ValidationError(_("Kies een dag na vandaag."))
        if not days.is_possible(on, self._today, None):
            raise ValidationError(_("Kies een dag binnen de twee jaar."))
        if not days.is_possible(on, self._today, self._expires_at):
            raise ValidationError(_("Dan is het document al uit uw eBox verdwenen. Kies een vroegere dag."))
        return on

    @property
    def written(self) -> str:
        """Give the typed day as the value of a date field, which takes YYYY-MM-DD only; "" where it is no day."""
        typed = self.data.get(DAY, "") if self.is_bound else self.initial.get(DAY, "")
        try:
            day = self.fields[DAY].to_python(typed)
        except ValidationError:
            return ""
        return day.isoformat() if day else ""

    @property
    def on(self) -> date:
        """Give the day that was chosen. After `is_valid`."""
        chosen: date = self.cleaned_data[DAY]
        return chosen

"""What the forms of the profile take."""

from portal.features.profile.forms import AddressForm


def test_a_box_is_kept_without_the_word_before_it():
    typed = {"label": "Thuis", "street": "Kouter", "number": "12", "postcode": "9000", "municipality": "Gent"}
    forms = [AddressForm({**typed, "box": box}) for box in ("bus 3", "Bte 3", "3", "")]
    assert [form.is_valid() for form in forms] == [True] * 4
    assert [form.address().box for form in forms] == ["3", "3", "3", ""]

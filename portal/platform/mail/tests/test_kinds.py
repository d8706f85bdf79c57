"""A mail that waits is read as the kind that its feature declares, and as no other."""

import pytest

from portal.platform.feature import installed
from portal.platform.mail import kinds

WAITING = b'{"to":"an@example.org","nickname":"","content":{"type":"parked","plate":"1-ABC-234"}}'


@pytest.mark.parametrize("has_features", [True, False])
def test_kind_that_nobody_declares_is_unknown(monkeypatch, has_features):
    """A portal without any kind says so too: its worker tries again, and does not fail."""
    remembered = (kinds.all_kinds, kinds._decoder)
    if not has_features:
        monkeypatch.setattr(installed, "features", lambda: ())
    for each in remembered:
        each.cache_clear()
    try:
        assert bool(kinds.all_kinds()) is has_features
        with pytest.raises(kinds.KindUnknown):
            kinds.message_of(WAITING)
    finally:
        for each in remembered:
            each.cache_clear()

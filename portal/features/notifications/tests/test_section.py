"""The table `[notifications]` of a manifest: what is refused, and at which line; whose table it is."""

import pytest
from django.test import override_settings

from portal.features.notifications import section
from portal.platform.sources import catalogue
from portal.platform.sources.manifest import ManifestError
from portal.platform.sources.tests.bodies import SOUND, body


@pytest.mark.parametrize(
    "table",
    ['[notifications.services.685]\nname = "Premie"\n', '[notifications]\nuris = ["urn:x"]\n'],
    ids=["no uris", "no services"],
)
def test_half_a_table_is_refused_at_its_own_line(tmp_path, table):
    line = SOUND.count("\n") + 2
    with pytest.raises(ManifestError) as refused:
        catalogue.load([body(tmp_path, "voorbeeld", f"{SOUND}\n{table}")])
    said = "[notifications] has uris without services, or the reverse; give both, or neither."
    assert str(refused.value).endswith(f"agency.toml, line {line}: {said}")


def test_body_is_found_in_the_catalogue_that_holds(tmp_path):
    assert section.body("voorbeeld") is None
    assert section.body("kortrijk") is not None
    catalogue.installed.cache_clear()
    try:
        with override_settings(AGENCIES_PATH=[body(tmp_path, "voorbeeld")]):
            found = section.body("voorbeeld"), section.body("kortrijk")
            assert found == (catalogue.installed().agencies[0], None)
    finally:
        catalogue.installed.cache_clear()

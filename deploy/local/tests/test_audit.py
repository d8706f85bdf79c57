"""The output and exit code of the dependency audit."""

from typing import Any

from deploy.local.audit import verdict


def test_verdict_without_advisories_is_clean() -> None:
    assert verdict([{"name": "lxml", "version": "6.1.3", "vulns": []}]) == (
        0,
        ["security: 1 packages audited, 0 advisories."],
    )


def test_verdict_names_every_advisory_and_what_was_skipped() -> None:
    found: list[dict[str, Any]] = [
        {"name": "lxml", "version": "6.1.3", "vulns": [{"id": "PYSEC-1", "fix_versions": ["6.1.4"]}]},
        {"name": "jinja2", "version": "3.1.6", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]},
        {"name": "eigen", "skip_reason": "unknown"},
    ]
    assert verdict(found) == (
        1,
        [
            "security: 2 packages audited, 2 advisories.",
            "security: lxml 6.1.3: PYSEC-1, repaired in 6.1.4",
            "security: jinja2 3.1.6: PYSEC-2, repaired in no version yet",
            "security: not audited, unknown to the source: eigen.",
        ],
    )

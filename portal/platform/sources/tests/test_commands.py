"""`manage.py agencies`, over whatever bodies are installed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from portal.platform.sources import catalogue


def run(*arguments: str) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return out.getvalue(), err.getvalue(), int(str(stopped.code))
    return out.getvalue(), err.getvalue(), 0


def test_agencies_lists_every_dataset_with_its_service():
    out, err, code = run("agencies", "--json")
    listed = json.loads(out)
    assert (err, code) == ("", 0)
    assert [row["name"] for row in listed] == [entry.name for entry in catalogue.installed().entries]
    keys = ["name", "agency", "title", "theme", "transport", "service", "version", "deadline_s"]
    assert all(list(row) == keys for row in listed)


def test_agencies_is_a_table_without_json():
    out, _, code = run("agencies")
    assert code == 0
    assert len(out.splitlines()) == 1 + len(catalogue.installed().entries)


def test_a_wrong_manifest_is_a_line_to_read_and_not_a_trace(tmp_path):
    (tmp_path / "fout").mkdir()
    (tmp_path / "fout/agency.toml").write_text('name = "Fout"\nwebsiet = "https://fout.example"\n')
    catalogue.installed.cache_clear()
    with override_settings(AGENCIES_PATH=[tmp_path]), pytest.raises(CommandError) as refused:
        call_command("agencies")
    catalogue.installed.cache_clear()
    said = f"{tmp_path / 'fout/agency.toml'}, line 2: Object contains unknown field `websiet`; docs/agencies.md lists"
    assert said in str(refused.value)

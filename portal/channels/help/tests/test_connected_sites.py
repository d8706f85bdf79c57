"""The list of connected sites: those of the policy, in its words, and refused when it is damaged."""

import re

import pytest

from portal.channels.help import connected_sites
from portal.channels.help.connected_sites import FILE, ConnectedSitesError, all_sites, read
from tests.beside import SHARED

POLICY = SHARED / "requirements/gegevensverwerkingsbeleid.nl.txt"


def test_as_many_as_the_policy_counts():
    sites = all_sites()
    assert [site.name for site in sites.entrances] == ["Vlaanderen.be", "mijnburgerprofiel.be"]
    assert len(sites.bodies) == 10
    assert sum(len(body.sites) for body in sites.bodies) == 11
    assert len(sites.municipalities) == 41


@pytest.mark.skipif(not POLICY.exists(), reason="the policy is not beside the project")
def test_word_for_word_what_the_policy_lists():
    part = (
        POLICY.read_text("utf-8")
        .split("via een website van de aangesloten instanties:")[1]
        .split("Als u succesvol")[0]
    )
    bodies, municipalities = part.split(" • Steden en gemeenten:")
    written = [
        line
        for body in all_sites().bodies
        for line in (
            [f"{body.name}: {body.sites[0].name}"]
            if len(body.named_sites) == 1
            else [f"{body.name}:" if body.named_sites else body.name, *(site.name for site in body.named_sites)]
        )
    ]
    assert written == re.findall(r"^  +• (.+)$", bodies, re.MULTILINE)
    assert [site.name for site in all_sites().municipalities] == re.findall(
        r"^ • (.+)$", municipalities, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('{ name = "Genk" }', '{ name = "Genk", adres = "https://genk.example" }', "unknown field `adres`"),
        ('{ name = "Genk" }', '{ name = "Genk", address = "http://genk.example" }', "regex"),
        ('{ name = "Genk" }', '{ name = "Genk", address = "javascript:alert(1)" }', "regex"),
        ('{ name = "Genk" }', '{ name = " Genk" }', "regex"),
        ('{ name = "Genk" }', "{ }", "missing required field `name`"),
        ('{ name = "Genk" }', '{ name = "Ieper" }', "twice"),
        ('sites = [{ name = "Omgeving Vlaanderen" }]', "sites = []", "length >= 1"),
        ("entrances = [", "entrances = [[", "TOML|nclosed|nvalid"),
    ],
)
def test_a_damaged_list_refuses_to_start(tmp_path, was, becomes, said):
    text = FILE.read_text("utf-8")
    assert was in text
    file = tmp_path / "connected_sites.toml"
    file.write_text(text.replace(was, becomes, 1), "utf-8")
    with pytest.raises(ConnectedSitesError, match=said) as refused:
        read(file)
    assert str(file) in str(refused.value)


def test_it_is_read_before_anyone_comes_by():
    # Django's start, which made this test possible, has read it.
    assert connected_sites.all_sites.cache_info().currsize == 1

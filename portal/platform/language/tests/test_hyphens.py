"""Long words break where Dutch allows it, into few pieces; no word is remembered."""

import pytest

from portal.platform.language import hyphens


@pytest.mark.parametrize(
    "word",
    [
        "Inschrijvings-historiek",
        "ondernemings-vaardigheden",
        "ervarings-bewijzen",
        "volwassenen-onderwijs",
        "onderwijs-kwalificatie",
        "loopbaan-onderbreking",
        "basis-onderwijs",
        "studenten-administratie",
        "Persoons-gegevens",
        "arbeidsonge-schiktheids-verzekering",
    ],
)
def test_long_word_breaks_in_few_places_of_which_each_is_right(word):
    assert "-".join(hyphens.pieces(word.replace("-", ""))) == word


def test_pieces_are_the_word_and_none_at_its_ends_is_short():
    for word in ("Toegankelijkheid", "Rijksregisternummer", "W" * 35, "geïnformeerden", "zzzzzzzzzzzzzzz"):
        pieces = hyphens.pieces(word)
        assert "".join(pieces) == word
        assert min(len(pieces[0]), len(pieces[-1])) >= hyphens.LEAST
        # What is written otherwise when it breaks is left whole there.
        assert not any(piece[0] in "ëïöü" for piece in pieces)


def test_text_keeps_its_short_words_its_tags_and_its_signs():
    text = 'Leer- en <b class="ervaringsbewijzenlijst">ervaringsbewijzen</b> &amp; "diploma\'s"'
    assert hyphens.in_long_words(text, "|".join) == text.replace(">ervarings", ">ervarings|")


def test_no_word_is_remembered():
    hyphens.pieces("Canarystraatnaamverandering")
    assert hyphens._patterns.hd.cache == {}

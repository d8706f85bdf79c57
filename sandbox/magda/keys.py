"""Know, for each service, the elements of a question whose text is the key of its answer file (`folders.find`)."""

from lxml import etree

Keys = tuple[etree.XPath, ...]


def _paths(*expressions: str) -> Keys:
    return tuple(etree.XPath(expression) for expression in expressions)


BY_PERSON = _paths("//INSZ")
_BY_COMPANY = _paths("//Ondernemingsnummer")
_BY_SSIN = _paths("//ssin")

_BY_NAME: dict[str, Keys] = {
    "GeefAdressenLocaties": _BY_COMPANY,
    "GeefBeschikbareJaarrekeningen": _BY_COMPANY,
    "GeefDeelnemingen": _BY_COMPANY,
    "GeefFiscaleInhoudingsplicht": _BY_COMPANY,
    "GeefFiscaleSchuld": _BY_COMPANY,
    "GeefOnderneming": _BY_COMPANY,
    "GeefOndernemingSignalen": _BY_COMPANY,
    "GeefOndernemingVKBO": _BY_COMPANY,
    "GeefPCenTW": _BY_COMPANY,
    "GeefSocialeSchuld": _BY_COMPANY,
    "GeefTewerkstelling": _BY_COMPANY,
    "GeefCadNetTransacties": _BY_COMPANY,
    "GeefKadastraleAfdelingenOpKBO": _BY_COMPANY,
    "GeefJaarrekeningen": _paths("//Ondernemingsnummer", "//Boekjaar"),
    "GeefDossierHandicap": _BY_SSIN,
    "GeefBetalingenHandicap": _BY_SSIN,
    "GeefVolledigDossierHandicap": _paths("//rrnr"),
    "ZoekPersoonOpAdres": _paths(
        "//Inhoud/Bron",
        "//Inhoud//PostCode",
        "//Inhoud//Straatcode",
        "//Inhoud//Huisnummer",
        "//Inhoud//EnkelReferentiepersoon",
    ),
    "ZoekPersoonOpNaam": _paths("//Inhoud/Bron", "//Inhoud//Achternaam", "//Inhoud//Geboorte/Datum"),
    "GeefEpc": _paths("//Inhoud//Postcode", "//Inhoud//Straat", "//Inhoud//Huisnummer"),
    "ZoekPerceel": _paths("//KadastraleAfdeling", "//Sectie", "//Grondnummer"),
}
_BY_NAME_AND_VERSION: dict[tuple[str, str], Keys] = {
    ("RegistreerInschrijving", "02.01.0000"): _paths("//Subject/Type", "//Subject/Sleutel"),
}


def keys_for(name: str, version: str) -> Keys:
    """Give the paths to the key's parts, of each the first node; a service that is not listed goes by INSZ."""
    return _BY_NAME_AND_VERSION.get((name, version)) or _BY_NAME.get(name, BY_PERSON)

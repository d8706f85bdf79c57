"""The words for codes of the Crossroads Bank for Enterprises (KBO), when an answer has no description beside them."""

STATUSES = {"AC": "Actief", "ST": "Stopgezet"}

# The legal forms that answers most often have without a description.
LEGAL_FORMS = {
    "011": "Vennootschap onder firma",
    "012": "Gewone commanditaire vennootschap",
    "014": "Naamloze vennootschap",
    "015": "Besloten vennootschap met beperkte aansprakelijkheid",
    "017": "Vereniging zonder winstoogmerk",
    "025": "Landbouwvennootschap",
    "114": "Naamloze vennootschap van publiek recht",
    "124": "Openbare instelling",
    "411": "Stad of gemeente",
    "416": "Dienstverlenende vereniging (Vlaams Gewest)",
    "417": "Opdrachthoudende vereniging (Vlaams Gewest)",
    "610": "Besloten vennootschap",
}

SITUATIONS = {"000": "Normale toestand"}

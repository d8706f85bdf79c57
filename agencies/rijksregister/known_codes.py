"""The words for the register's codes, when an answer has no description beside them."""

SEX = {"0": "Onbekend", "1": "Mannelijk", "2": "Vrouwelijk"}

REGISTER = {
    "1": "Vreemdelingenregister",
    "2": "Bevolkingsregister",
    "3": "Register van ambtenaren van de Europese Unie",
    "5": "Wachtregister",
    "6": "Wachtregister voor EU-burgers",
    "01": "Vreemdelingenregister",
    "02": "Bevolkingsregister",
    "03": "Register van ambtenaren van de Europese Unie",
    "05": "Wachtregister",
    "06": "Wachtregister voor EU-burgers",
    "RR": "Rijksregister",
    "BIS": "Bisregister",
    "KSZ": "Register van de Kruispuntbank van de Sociale Zekerheid",
}

CIVIL_STATUS = {
    "10": "Ongehuwd",
    "20": "Gehuwd",
    "30": "Weduwe of weduwnaar",
    "40": "Uit de echt gescheiden",
    "41": "Uit de echt gescheiden",
    "80": "Partnerschap",
    "90": "Onbepaald",
}

POSITION = {
    "01": "Referentiepersoon van het gezin",
    "02": "Echtgenoot of echtgenote",
    "03": "Zoon of dochter",
    "12": "Niet verwant",
    "20": "Gemeenschap of tehuis",
    "21": "Partner",
    "22": "Wettelijk samenwonende",
}

FORM_OF_LIVING = {"00": "Gezin dat niet collectief woont", "01": "Zorgwonen"}

NATIONALITY = {"150": "Belg", "711": "Onbepaald"}

LANGUAGE_RULE = {"1": "Frans", "2": "Nederlands"}

NO_OR_YES = {"0": "neen", "1": "ja"}

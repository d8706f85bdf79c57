"""The words for codes of enrolments, from MAGDA's schema, when an answer has no description beside them."""

KINDS = {"LP": "Leerplichtonderwijs", "INT": "Internaat"}

LEVELS = {"1": "Kleuteronderwijs", "2": "Lager onderwijs", "3": "Secundair onderwijs"}

SORTS = {"1": "Gewoon onderwijs", "2": "Buitengewoon onderwijs"}

PROGRAMMES = {"1": "Voltijds onderwijs", "2": "Deeltijds beroepsonderwijs", "5": "Leertijd"}

"""What codes of the enrolments mean where the answer leaves the description out: the words of the schema."""

KINDS = {"LP": "Leerplichtonderwijs", "INT": "Internaat"}

LEVELS = {"1": "Kleuteronderwijs", "2": "Lager onderwijs", "3": "Secundair onderwijs"}

SORTS = {"1": "Gewoon onderwijs", "2": "Buitengewoon onderwijs"}

PROGRAMMES = {"1": "Voltijds onderwijs", "2": "Deeltijds beroepsonderwijs", "5": "Leertijd"}

"""A model of MAGDA: SOAP questions, answered from folders of answers with the layout of MAGDA's public mock."""

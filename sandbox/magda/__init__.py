"""MAGDA as a model: SOAP questions answered from folders of answers, in the public mock's layout."""

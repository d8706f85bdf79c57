"""FOD BOSA: the federation of the eBox, which lists the registries with letters of government for citizens."""

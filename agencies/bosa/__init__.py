"""FOD BOSA: the federation of the eBox, which lists who keeps letters of government for citizens."""

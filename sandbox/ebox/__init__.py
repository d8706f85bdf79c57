"""The eBox: a federation that lists who keeps letters, three Message Registries, and a console of whoever sends.

Federation and registries stand on the side of mutual TLS, the console (`/ebox/`) on the plain side. What the public
descriptions leave open is this town's own: how a citizen's portal shows for whom it asks (a token that it signed, as
for certificates), and when exactly a day of a query begins.
"""

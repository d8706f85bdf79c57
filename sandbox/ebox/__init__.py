"""The eBox: a federation that lists the Message Registries, three of these, an event service, and a console to send.

Federation, registries and event service are served with mutual TLS, the console (`/ebox/`) on the plain side. What
the public API descriptions leave open is the town's own choice: how a portal shows for which citizen it asks (a token
that it signed, as for certificates), and when exactly a day of a query begins. A registry is called an *office* here,
and a message of the eBox with its files a *letter*.
"""

"""The way in for machines of bodies: where they get their token. Owns no data; what they may do is a feature's."""

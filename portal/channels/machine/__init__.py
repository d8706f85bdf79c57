"""The entrance for machines of bodies: access tokens, our public keys, and the OpenAPI document. Owns no data."""

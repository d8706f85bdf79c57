"""The rights of the GDPR: pages that grant them here at once, and requests that are forwarded to bodies."""

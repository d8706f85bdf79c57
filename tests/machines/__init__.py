"""What machines could ask, drawn from the portal's own OpenAPI document, and put to a running portal."""

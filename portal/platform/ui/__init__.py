"""What pages are built with: design tokens, components, frames, links and streaming; it knows no domain word."""

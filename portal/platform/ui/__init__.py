"""Design tokens, components and page frames; knows no domain word."""

"""An OpenID provider that behaves like the government's own: sign-in page, code flow, tokens, sign-out."""

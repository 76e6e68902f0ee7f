"""Any OIDC issuer by its discovery document (OpenID Connect Discovery 1.0): whose token is it?

Here belong reading tokens, fetching and keeping the issuer's keys, and what its claims mean to us. Nothing
here issues a token or logs anyone in: that is between the issuer and its clients.
"""

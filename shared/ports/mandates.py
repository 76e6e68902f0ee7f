"""The mandate port: what customers' wallets sign. One reader per wire format; the JWS one is the first.

A reader for another payment protocol's format returns the same `SignedTerms`, or refuses: it never drops a
limit that it cannot express.
"""

from collections.abc import Mapping
from typing import Protocol

from shared.domain.mandates import Jwk, ProofClaims, SignedTerms


class MandateReader(Protocol):
    """Reads mandates."""

    def read(self, text: str, keys: Mapping[str, Jwk]) -> SignedTerms:
        """Return what `text` allows when one of the customer's live `keys`, by their ids, signed it.

        Whether the terms may be used, by whom and when, is the caller's to check. Raises InvalidInput.
        """
        ...


class KeyProver(Protocol):
    """Checks that whoever registers a key holds its private half."""

    def prove(self, jwk: Jwk, proof: str) -> ProofClaims:
        """Return what `proof` says when the private half of `jwk` signed it. Raises InvalidInput."""
        ...

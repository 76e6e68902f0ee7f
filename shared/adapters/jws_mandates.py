"""Mandates and key proofs as compact JWS, verified with PyJWT's algorithms over `cryptography`.

Only the signature is left to the library: the form is read strictly in `shared.domain.mandates`, and the
algorithm is the key's own, so neither `none` nor a shared secret can ever be asked for.
"""

from collections.abc import Mapping

from shared.domain.mandates import (
    MANDATE,
    PROOF,
    Jwk,
    Opened,
    ProofClaims,
    SignedTerms,
    algorithm_of,
    open_compact,
    read_claims,
)
from shared.domain.mandates.compact import Header, read_model
from shared.errors import InvalidInput


class JwsMandates:
    """`shared.ports.mandates.MandateReader` and `KeyProver`."""

    def read(self, text: str, keys: Mapping[str, Jwk]) -> SignedTerms:
        """Return what a mandate allows. Raises InvalidInput."""
        opened = open_compact(text, MANDATE)
        jwk = keys.get(opened.header.kid)
        if jwk is None:
            raise MANDATE.refused("its kid is no live key of the customer")
        if not _is_signed(opened, jwk):
            raise MANDATE.refused("its signature does not verify")
        return SignedTerms(kid=opened.header.kid, terms=read_claims(opened.payload))

    def prove(self, jwk: Jwk, proof: str) -> ProofClaims:
        """Return what a proof of possession says. Raises InvalidInput."""
        opened = open_compact(proof, PROOF)
        if not _is_signed(opened, jwk):
            raise PROOF.refused("its signature does not verify with the key")
        return read_model(opened.payload, ProofClaims, PROOF)


def _is_signed(opened: Opened[Header], jwk: Jwk) -> bool:
    import jwt

    algorithm = algorithm_of(jwk)
    if opened.header.alg != algorithm:
        return False
    try:
        key = jwt.PyJWK.from_dict(jwk.model_dump(), algorithm)
    except (jwt.PyJWTError, ValueError):
        raise InvalidInput("The key is refused: it is no point of its curve.", field="jwk") from None
    return key.Algorithm.verify(opened.signed, key.key, opened.signature)

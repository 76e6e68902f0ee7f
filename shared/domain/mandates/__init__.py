"""Mandates, pure: what an agent may spend, signed by the customer's own key, and what it has drawn on it.

A limit that is not understood refuses the whole mandate. Nothing here trusts what an agent says.
"""

from shared.domain.mandates.claims import MANDATE, PLATFORM, check_times, read_claims
from shared.domain.mandates.compact import MAX_TEXT, Form, Opened, open_compact
from shared.domain.mandates.keys import PROOF, Jwk, ProofClaims, SigningKey, algorithm_of, thumbprint
from shared.domain.mandates.mandate import Draw, Mandate, MandateStatus, Spending, spending_id
from shared.domain.mandates.rules import Ask, Reason, give_back, release, reserve, settle
from shared.domain.mandates.terms import Limits, MandateTerms, SignedTerms

__all__ = [
    "MANDATE",
    "MAX_TEXT",
    "PLATFORM",
    "PROOF",
    "Ask",
    "Draw",
    "Form",
    "Jwk",
    "Limits",
    "Mandate",
    "MandateStatus",
    "MandateTerms",
    "Opened",
    "ProofClaims",
    "Reason",
    "SignedTerms",
    "SigningKey",
    "Spending",
    "algorithm_of",
    "check_times",
    "give_back",
    "open_compact",
    "read_claims",
    "release",
    "reserve",
    "settle",
    "spending_id",
    "thumbprint",
]

"""Who calls: personas and principals. Stdlib only, so that the table of doors can name personas cheaply."""

from dataclasses import dataclass
from enum import StrEnum

SUBJECT_PATTERN = r"^[\x21-\x7e]{1,255}$"
"""Who someone is: at most 255 ASCII characters (OpenID Connect Core 1.0, section 2)."""


class Persona(StrEnum):
    """In which role someone calls. An agent acts for one customer, with that customer's consent."""

    CUSTOMER = "customer"
    AGENT = "agent"
    PARTNER = "partner"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A caller whose credentials were verified.

    `customer_id` is whose orders the caller may touch: a customer's own id, or the one an agent acts for.
    `partner_id` is the vendor a partner speaks for. Either is None for personas that have none.
    `email` is the customer's mail address, where the issuer has verified that it is theirs.
    """

    subject: str
    persona: Persona
    customer_id: str | None = None
    partner_id: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        buys = self.persona in (Persona.CUSTOMER, Persona.AGENT)
        if not self.subject or buys != bool(self.customer_id):
            raise ValueError("customers and agents, and only they, stand for a customer")
        if (self.persona is Persona.PARTNER) != bool(self.partner_id):
            raise ValueError("partners, and only they, stand for a vendor")
        if self.persona is Persona.CUSTOMER and self.customer_id != self.subject:
            raise ValueError("a customer stands for no one else")
        if self.email is not None and not (buys and "@" in self.email):
            raise ValueError("customers and agents, and only they, may have a mail address")

    @property
    def is_admin(self) -> bool:
        """Whether the caller operates the platform and may see every customer's things."""
        return self.persona is Persona.ADMIN

    def owns(self, customer_id: str) -> bool:
        """Say whether what belongs to `customer_id` is the caller's own, or their customer's."""
        return self.customer_id is not None and self.customer_id == customer_id

    def may_see(self, customer_id: str) -> bool:
        """Say whether the caller may read what belongs to `customer_id`; others answer NotFound."""
        return self.is_admin or self.owns(customer_id)

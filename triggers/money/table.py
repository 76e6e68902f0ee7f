"""The books' rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.web.route import Wing

_BUYERS = frozenset({Persona.CUSTOMER, Persona.AGENT})
_ADMINS = frozenset({Persona.ADMIN})
_CSV = "text/csv"

_customers = Wing("money", base="api/v1", handlers="triggers.money", personas=_BUYERS)
_partners = Wing(
    "finance", base="api/v1/partners/me", handlers="triggers.money", personas=frozenset({Persona.PARTNER})
)
_admins = Wing("ledger", base="api/v1/admin", handlers="triggers.money", personas=_ADMINS)

MONEY = (
    _customers.door(
        "order_statement",
        "GET orders/{order_id}/statement",
        "statements:order_statement",
        "Show what was booked for an order, and that it adds up.",
        personas=_BUYERS | _ADMINS,
        flows=("1.3-3",),
    ),
    _customers.door(
        "credits_mine",
        "GET credits/me",
        "credits:my_credits",
        "Show your credits and where they came from.",
    ),
    _partners.door(
        "partner_finance",
        "GET finance",
        "finance:my_finance",
        "Show what is held for you, earned, paid and due.",
        flows=("2.8-2",),
    ),
    _partners.door(
        "partner_finance_export",
        "GET finance/export",
        "finance:export",
        "Export your transactions as CSV.",
        flows=("2.8-2",),
        media_type=_CSV,
    ),
    _partners.door(
        "partner_payout_schedule",
        "PUT payouts",
        "finance:set_schedule",
        "Choose when you are paid.",
        flows=("2.8-2",),
    ),
    _partners.door(
        "partner_payout_account",
        "POST payouts/account",
        "finance:open_account",
        "Open the account that you are paid to; answers with the link where you complete it.",
        also=(409,),
        flows=("2.8-1",),
    ),
    _partners.door(
        "partner_payout_now",
        "POST payouts",
        "finance:pay_now",
        "Be paid now what you have earned.",
        success=202,
        also=(409,),
        flows=("2.8-2",),
    ),
    _admins.door(
        "trial_balance",
        "GET ledger/trial-balance",
        "ledger:trial_balance",
        "Sum up the whole ledger.",
    ),
    _admins.door(
        "trial_balance_export",
        "GET ledger/trial-balance/export",
        "ledger:trial_balance_export",
        "Export the trial balance as CSV.",
        media_type=_CSV,
    ),
    _admins.door(
        "ledger_account",
        "GET ledger/accounts/{ledger_account}",
        "ledger:account_statement",
        "Show the statement of a partner's, affiliate's, worker's or customer's account.",
    ),
    _admins.door(
        "ledger_account_export",
        "GET ledger/accounts/{ledger_account}/export",
        "ledger:account_export",
        "Export such a statement as CSV.",
        media_type=_CSV,
    ),
    _admins.door(
        "reconciliation_show",
        "GET reconciliation",
        "reconciliation:get_report",
        "Show how a day's books compare with the payment provider's.",
        also=(404,),
    ),
    _admins.door(
        "reconciliation_run",
        "POST reconciliation",
        "reconciliation:run",
        "Compare a day's books with the payment provider's now.",
    ),
    _admins.door(
        "gig_payment",
        "POST gig-payments",
        "grants:pay_scan",
        "Pay a worker for a verified scan.",
        also=(404, 409),
        flows=("3.2-4",),
    ),
    _admins.door(
        "credit_grant",
        "POST credits",
        "grants:grant_credit",
        "Apologise to a customer with a credit.",
        success=201,
        also=(404, 409),
        flows=("5.2-4",),
    ),
)

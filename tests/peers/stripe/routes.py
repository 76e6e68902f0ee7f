"""What the peer serves: method, path, the SDK's type of the parameters, and who does it."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from stripe import params as sdk

from tests.peers.stripe import balance, connect, customers, disputes, payments, refunds
from tests.peers.stripe.refusals import Refusal
from tests.peers.stripe.state import Thing

Work = Callable[..., Thing]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. `{}` in its path stands for an id."""

    method: str
    path: str
    params: type
    work: Work


ROUTES = (
    Route("POST", "/v1/customers", sdk.CustomerCreateParams, customers.create),
    Route("GET", "/v1/customers/{}", sdk.CustomerRetrieveParams, customers.retrieve),
    Route("GET", "/v1/customers/{}/payment_methods", sdk.CustomerPaymentMethodListParams, customers.methods),
    Route("POST", "/v1/payment_intents", sdk.PaymentIntentCreateParams, payments.create),
    Route("GET", "/v1/payment_intents", sdk.PaymentIntentListParams, payments.listed),
    Route("GET", "/v1/payment_intents/{}", sdk.PaymentIntentRetrieveParams, payments.retrieve),
    Route("POST", "/v1/payment_intents/{}/confirm", sdk.PaymentIntentConfirmParams, payments.confirm),
    Route("POST", "/v1/payment_intents/{}/capture", sdk.PaymentIntentCaptureParams, payments.capture),
    Route("POST", "/v1/payment_intents/{}/cancel", sdk.PaymentIntentCancelParams, payments.cancel),
    Route("POST", "/v1/refunds", sdk.RefundCreateParams, refunds.create),
    Route("GET", "/v1/refunds", sdk.RefundListParams, refunds.listed),
    Route("GET", "/v1/refunds/{}", sdk.RefundRetrieveParams, refunds.retrieve),
    Route("POST", "/v1/accounts", sdk.AccountCreateParams, connect.create_account),
    Route("GET", "/v1/accounts", sdk.AccountListParams, connect.accounts),
    Route("GET", "/v1/accounts/{}", sdk.AccountRetrieveParams, connect.retrieve_account),
    Route("POST", "/v1/account_links", sdk.AccountLinkCreateParams, connect.create_link),
    Route("POST", "/v1/transfers", sdk.TransferCreateParams, connect.create_transfer),
    Route("GET", "/v1/transfers", sdk.TransferListParams, connect.transfers),
    Route("GET", "/v1/transfers/{}", sdk.TransferRetrieveParams, connect.retrieve_transfer),
    Route("POST", "/v1/transfers/{}/reversals", sdk.TransferReversalCreateParams, connect.create_reversal),
    Route("GET", "/v1/transfers/{}/reversals", sdk.TransferReversalListParams, connect.reversals),
    Route(
        "GET", "/v1/transfers/{}/reversals/{}", sdk.TransferReversalRetrieveParams, connect.retrieve_reversal
    ),
    Route("GET", "/v1/disputes/{}", sdk.DisputeRetrieveParams, disputes.retrieve),
    Route("POST", "/v1/disputes/{}", sdk.DisputeUpdateParams, disputes.update),
    Route("GET", "/v1/balance", sdk.BalanceRetrieveParams, balance.retrieve),
    Route("GET", "/v1/balance_transactions", sdk.BalanceTransactionListParams, balance.transactions),
)


def route_of(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Return the endpoint and the ids in the path. Raises Refusal."""
    for route in ROUTES:
        pattern = re.escape(route.path).replace(r"\{\}", "([A-Za-z0-9_]+)")
        if route.method == method and (found := re.fullmatch(pattern, path)):
            return route, found.groups()
    raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")


def unused(used: Collection[Route]) -> list[str]:
    """Name the endpoints that nobody asked for."""
    return [f"{route.method} {route.path}" for route in ROUTES if route not in used]

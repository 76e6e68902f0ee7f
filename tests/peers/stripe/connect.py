"""Connected accounts, onboarding links, transfers and reversals: https://docs.stripe.com/connect."""

from typing import Any

from tests.peers.stripe.amounts import check
from tests.peers.stripe.listing import page
from tests.peers.stripe.refusals import Refusal, missing
from tests.peers.stripe.state import State, Thing

NEEDED = ["external_account", "individual.first_name", "tos_acceptance.date"]
LINK_LASTS = 300


def create_account(state: State, params: dict[str, Any]) -> Thing:
    """Open an account, of which everything is still to be learnt."""
    controller = params.get("controller", {})
    if params.get("type") and controller:
        raise Refusal(400, "You may not provide both `type` and `controller`.", param="type")
    losses = controller.get("losses", {}).get("payments", "stripe")
    payer = controller.get("fees", {}).get("payer", "account")
    if losses == "application" and payer != "application":
        raise Refusal(400, "Who bears losses pays the fees.", param="controller[fees][payer]")
    account = state.add(
        "account",
        "acct",
        email=params.get("email"),
        controller=controller,
        capabilities=dict.fromkeys(params.get("capabilities", {}), "inactive"),
        charges_enabled=False,
        details_submitted=False,
        payouts_enabled=False,
        requirements={"currently_due": list(NEEDED), "past_due": [], "eventually_due": list(NEEDED)},
    )
    account["metadata"] = params.get("metadata", {})
    return account


def retrieve_account(state: State, params: dict[str, Any], id: str) -> Thing:
    """Return an account; of a strange one Stripe says no more than that it is not ours."""
    account = state.things.get("account", {}).get(id)
    if account is None:
        raise Refusal(
            403,
            f"The provided key does not have access to account '{id}' (or that account does not exist).",
            code="account_invalid",
        )
    return account


def accounts(state: State, params: dict[str, Any]) -> Thing:
    """List accounts."""
    return page("/v1/accounts", state.all("account"), params)


def create_link(state: State, params: dict[str, Any]) -> Thing:
    """Make a link that works once."""
    if params["account"] not in state.things.get("account", {}):
        raise missing("account", params["account"], param="account", status=400)
    if params["type"] == "account_onboarding" and not (
        params.get("return_url") and params.get("refresh_url")
    ):
        raise Refusal(
            400, "Missing required param: return_url.", code="parameter_missing", param="return_url"
        )
    return {
        "object": "account_link",
        "created": state.seconds(),
        "expires_at": state.seconds() + LINK_LASTS,
        "url": f"https://connect.stripe.com/setup/e/{params['account']}/{state.new_id('link')}",
    }


def onboard(state: State, account: Thing, *, complete: bool) -> None:
    """Let a payee complete its details, or Stripe ask for them again."""
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active" if complete else "inactive")
    account["requirements"] = {
        "currently_due": [] if complete else list(NEEDED),
        "past_due": [],
        "eventually_due": [],
    }
    account |= {"details_submitted": complete, "payouts_enabled": complete}
    state.emit("account.updated", account)


def create_transfer(state: State, params: dict[str, Any]) -> Thing:
    """Send money to an account, from the balance or ahead of it out of one charge."""
    amount, currency = params["amount"], params["currency"]
    check(amount, currency)
    account = state.things.get("account", {}).get(params["destination"])
    if account is None:
        raise missing("destination", params["destination"], param="destination", status=400)
    if account["capabilities"].get("transfers") != "active":
        raise Refusal(
            400,
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    group, available_on = params.get("transfer_group"), None
    if "source_transaction" in params:
        charge = _source(state, params["source_transaction"], amount, currency)
        if group and charge["transfer_group"] and group != charge["transfer_group"]:
            raise Refusal(400, "The charge belongs to another transfer group.", param="transfer_group")
        group = charge["transfer_group"] or group or f"group_{charge['id']}"
        available_on = state.get("balance_transaction", charge["balance_transaction"])["available_on"]
    elif amount > state.available(currency):
        raise Refusal(
            400, "You have insufficient available funds in your Stripe account.", code="balance_insufficient"
        )
    transfer = state.add(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        currency=currency,
        description=params.get("description"),
        destination=account["id"],
        reversed=False,
        source_transaction=params.get("source_transaction"),
        transfer_group=group,
        balance_transaction=None,
    )
    transfer["metadata"] = params.get("metadata", {})
    line = state.book("transfer", transfer["id"], -amount, currency, available_on=available_on)
    transfer["balance_transaction"] = line["id"]
    state.emit("transfer.created", transfer)
    return transfer


def retrieve_transfer(state: State, params: dict[str, Any], id: str) -> Thing:
    """Return a transfer."""
    return state.get("transfer", id)


def transfers(state: State, params: dict[str, Any]) -> Thing:
    """List transfers."""
    return page("/v1/transfers", state.all("transfer"), params)


def create_reversal(state: State, params: dict[str, Any], id: str) -> Thing:
    """Take a part or all of a transfer back."""
    transfer = state.get("transfer", id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    check(amount, transfer["currency"])
    if amount > left:  # which code Stripe gives is not documented
        raise Refusal(400, "Transfer amount is less than the requested reversal.")
    reversal = state.add(
        "transfer_reversal", "trr", amount=amount, currency=transfer["currency"], transfer=transfer["id"]
    )
    reversal["metadata"] = params.get("metadata", {})
    line = state.book("transfer_refund", reversal["id"], amount, transfer["currency"])
    reversal["balance_transaction"] = line["id"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    state.emit("transfer.reversed", transfer)
    return reversal


def retrieve_reversal(state: State, params: dict[str, Any], id: str, reversal_id: str) -> Thing:
    """Return a reversal of a transfer."""
    reversal = state.get("transfer_reversal", reversal_id)
    if reversal["transfer"] != id:
        raise missing("transfer_reversal", reversal_id)
    return reversal


def reversals(state: State, params: dict[str, Any], id: str) -> Thing:
    """List a transfer's reversals."""
    state.get("transfer", id)
    own = [each for each in state.all("transfer_reversal") if each["transfer"] == id]
    return page(f"/v1/transfers/{id}/reversals", own, params)


def _source(state: State, id: str, amount: int, currency: str) -> Thing:
    charge = state.things.get("charge", {}).get(id)
    if charge is None or not charge["captured"]:
        raise missing("charge", id, param="source_transaction", status=400)
    if currency != charge["currency"]:
        raise Refusal(400, "The currency is not that of the source.", param="currency")
    used = sum(each["amount"] for each in state.all("transfer") if each["source_transaction"] == id)
    if used + amount > charge["amount_captured"]:
        raise Refusal(400, "Transfers using this transaction as a source must not exceed the source amount.")
    return charge

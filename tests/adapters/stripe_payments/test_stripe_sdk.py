"""What the SDK is set up to do, and when it is loaded; and that every call that is listed is made."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters.stripe_payments.sdk import API_VERSION
from shared.errors import Unavailable
from shared.ports.payments import CancelRequest, Evidence, TransferRequest
from tests.adapters.stripe_payments.bench import NOW, Bench, refund_of, reversal_of, usd
from tests.peers.stripe.cards import GOOD, NEEDS_HOLDER
from tests.peers.stripe.routes import ROUTES, unused

ROOT = Path(__file__).parent.parent.parent.parent
CALL = re.compile(r"^\| `(GET|POST) (/v1/[^`]*)` \|", re.MULTILINE)
PROBE = """
import json, sys
import shared.bootstrap
import shared.adapters.stripe_payments
from shared.settings import Settings
from shared.adapters.stripe_payments import StripePayments
settings = Settings(stripe_key="sk_test_x", stripe_webhook_secrets="whsec_x")
StripePayments(settings, None, None, None)
print(json.dumps([name for name in sys.modules if name.partition(".")[0] == "stripe"]))
"""


def test_importing_and_making_the_adapter_loads_no_sdk() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_the_version_is_pinned_to_that_of_the_installed_sdk() -> None:
    """Raise both together, and read Stripe's changelog between them."""
    from stripe._api_version import _ApiVersion

    assert API_VERSION == _ApiVersion.CURRENT


def test_the_sdk_tells_nobody_of_this_machine() -> None:
    import stripe

    assert stripe.enable_telemetry is False


async def test_connections_are_released_and_opened_anew(bench: Bench) -> None:
    payment = await bench.authorised()
    await bench.stripe.close()
    assert await bench.stripe.payment(payment.id) == payment
    await bench.stripe.close()
    await bench.stripe.close()


def test_the_documentation_lists_every_call_that_the_peer_knows() -> None:
    listed = (ROOT / "docs" / "PAYMENTS.md").read_text(encoding="utf-8")
    known = [(route.method, re.sub(r"\{\}", "{id}", route.path)) for route in ROUTES]
    assert sorted(CALL.findall(listed)) == sorted(known)


async def test_every_call_that_is_listed_is_made(bench: Bench) -> None:
    """The day of an order, every step of it repeated, and then all answers lost and all keys forgotten."""
    bench.peer.pays_with("bob", GOOD, default=False)
    await bench.authorised(key="bob", customer="bob")
    bench.peer.pays_with("carol", NEEDS_HOLDER)
    confirmed = await bench.authorised(key="carol", customer="carol")
    await bench.stripe.cancel(CancelRequest(key="cancel", payment_id=confirmed.id))
    transfer = await bench.transferred()
    payment = await bench.captured(key="paid")
    for _ in range(2):
        assert (await bench.transferred()).id == transfer.id
        await bench.stripe.reverse(reversal_of(transfer, 100))
        await bench.stripe.refund(refund_of(payment, 100))
    pages = {"return_url": "https://uso.example/a", "refresh_url": "https://uso.example/b"}
    await bench.stripe.onboarding_link(transfer.account_id, **pages)
    dispute = bench.peer.open_dispute(payment.id, amount=100)
    await bench.stripe.submit_evidence("s", dispute["id"], Evidence(customer_name="Alice"))
    assert [line async for line in bench.stripe.movements(NOW, NOW)] == []
    await bench.stripe.balance("USD")
    bench.peer.close_dispute(dispute["id"], won=True)
    for ask in (
        lambda: bench.authorised(key="lost"),
        lambda: bench.stripe.open_account("lost-account", payee_id="lost"),
        lambda: bench.stripe.refund(refund_of(payment, 200, key="lost-refund")),
        lambda: bench.stripe.reverse(reversal_of(transfer, 200, key="lost-reversal")),
        lambda: bench.stripe.transfer(
            TransferRequest(
                key="lost-transfer", account_id=transfer.account_id, amount=usd(1), payment_id=payment.id
            )
        ),
    ):
        bench.peer.fail("drop", after=True, path="POST")
        with pytest.raises(Unavailable):
            await ask()
        bench.clock.pass_(days=2)
        await ask()
    assert unused(bench.peer.used) == []

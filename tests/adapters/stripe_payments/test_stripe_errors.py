"""What goes wrong between this installation and Stripe is logged clearly, and never with a secret."""

import logging
import re

import pytest

from shared.domain.money import Money
from shared.errors import Conflict, Unavailable
from tests.adapters.stripe_payments.bench import SECRET, Bench
from triggers.web.problem import describe


async def test_a_wrong_key_is_our_fault_and_is_not_printed(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "sk_test_" + "q7Zk" * 5
    stranger = bench.provider(stripe_key=wrong)
    with pytest.raises(Unavailable) as failed:
        await stranger.balance("USD")
    assert "USO_STRIPE_KEY" in caplog.text
    told = caplog.text + describe(failed.value) + repr(stranger) + str(vars(stranger))
    assert wrong not in told
    assert wrong[-4:] not in describe(failed.value)
    assert SECRET not in told


async def test_a_restricted_key_without_the_permission_is_our_fault(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.peer.fail("status", status=403, path="balance")
    with pytest.raises(Unavailable):
        await bench.stripe.balance("USD")
    assert "lacks a permission" in caplog.text


async def test_bodies_with_client_secrets_are_not_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("stripe").debug("what the SDK would say")
    bench.peer.pays_with("alice", "pm_card_authenticationRequired")
    payment = await bench.authorised()
    secret = bench.peer.intent(payment.id)["client_secret"]
    assert secret not in caplog.text
    assert bench.peer.api_key not in caplog.text


async def test_a_request_that_stripe_refuses_is_a_conflict_that_the_log_explains(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Conflict) as refused:
        await bench.authorised(amount=Money(minor=1000, currency="XYZ"), group="g" * 10)
    assert refused.value.code == "provider_refused"
    assert "parameter currency (request req_peer)" in caplog.text
    assert "XYZ" not in refused.value.detail


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_" + "abcDEF123",
        "rk_test_" + "abcDEF123",
        "whsec_" + "abcDEF+/1=",
        "pi_3Nabc_secret_" + "xyzXYZ1",
        "seti_1abc_secret_" + "xyz",
    ],
)
def test_a_secret_in_a_traceback_is_blacked_out(secret: str) -> None:
    text = describe(RuntimeError(f"could not use {secret}, sorry"))
    assert secret not in text
    assert re.search(r"could not use <hidden>,? ?sorry|could not use <hidden>", text)

"""Paying out what others have earned: payees and their accounts, payouts, debts taken back, gig payments.

Everything about one payee lies in the partition of the account that it is paid out of (container `ledger`),
so that a payout's state, its entry and the balance that it takes from change in one batch.
"""

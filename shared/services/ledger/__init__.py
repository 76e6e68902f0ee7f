"""The ledger as a service: entries projected to accounts and totals, statements, reconciliation.

The rules are in `shared.domain.ledger`; what happens to an order is booked beside the order, by those who
change it.
"""

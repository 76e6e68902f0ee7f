"""The web shop that runs itself: orders, purchases, parcels, tickets, alarms (flows ops-1 to ops-x4).

Rules and models only. A shop order is sold by a shop that buys from suppliers; the platform's own orders,
which many vendors fulfil, are `shared.domain.orders`.
"""

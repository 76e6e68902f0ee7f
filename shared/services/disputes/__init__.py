"""Refund requests, disputes and chargebacks: filed, decided, carried out, defended (flows 5.5-2, ops-x4).

What a case is and what may follow what stands in `shared.domain.disputes`; how money moves, in
`shared.services.funds`.
"""

"""Affiliates, pure: who they are, how far they are trusted, their links, and what they earn (M21).

An affiliate is a business or a person that brings customers. It earns a commission on the orders that its
links bring about, out of the vendor's share of the price; the ledger pays it, this package accounts for it.
"""

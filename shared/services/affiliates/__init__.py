"""Affiliates at work: registered and verified, their links followed, their orders and payouts heard of."""

"""Texts with partners and customers by WhatsApp, SMS and mail: out once, in once, stopped at a word."""

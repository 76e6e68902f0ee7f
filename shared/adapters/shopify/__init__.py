"""Shopify: its webhooks, and the shop itself over the Admin GraphQL API."""

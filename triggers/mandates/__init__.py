"""The doors of spending authority: a customer's signing keys, and the mandates that they sign for agents."""

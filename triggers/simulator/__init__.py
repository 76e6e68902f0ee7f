"""The doors of the partner simulator (M25), for admins: partners, scenarios, queue, demo, history.

Only simulated partners can be reached here; a real vendor's id is not found.
"""

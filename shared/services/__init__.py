"""Use cases over domain and ports, called by triggers (answers now) and activities (durable work).

A service reads, lets the domain decide, and writes state and events in one batch. It never waits.
"""

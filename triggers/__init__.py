"""Doors: HTTP, timer, Service Bus. Parse, authorise, call a service or start an orchestration, answer.

`routes.py` is the map of the HTTP doors; `web/` is what each of them stands on. No business rule lives here.
"""

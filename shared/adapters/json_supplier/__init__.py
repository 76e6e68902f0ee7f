"""Suppliers over any JSON API: what is asked and how answers are read is a document, not code.

`mapping` is the document's model, `templates` fills requests in, `answers` reads what comes back, `gateway`
is the way of every call, `supplier` and `webhooks` are the ports, `shelf` reads the file of suppliers.
"""

"""A local host for any Azure Functions Python v2 app: triggers, bindings and a durable engine on SQLite.

It loads the app's own `function_app.py` and drives the real azure-functions and azure-functions-durable
SDKs. It knows nothing of the app it runs; nothing in the app may import it.
"""

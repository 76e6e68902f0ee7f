"""A supplier over any JSON API, described by a document instead of code (`data/shop/cj.json` is one)."""

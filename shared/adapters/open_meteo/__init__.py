"""Open-Meteo's forecasts: one request per cell and model run, shared by all who ask, within the API's limits.

`weather` is the port; `sheets` remembers, `runs` knows which model run is the latest, `client` asks, `calls`
counts, `flights` lets many share one call, `answers` reads.
"""

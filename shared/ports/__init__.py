"""What the app needs of the world, as protocols: store, clock, payments, events, weather, channels.

Only protocols and the plain values they speak in; `adapters` implement them.
"""

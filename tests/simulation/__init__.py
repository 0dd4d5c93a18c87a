"""The engine in a world of its own: virtual time, seeded scheduling, and everything that can go wrong.

In the manner of FoundationDB and TigerBeetle: the production executor, relay, timers, effects and parking run on the
in-memory store and bus, several processes of them; one seed replays a run exactly.
"""

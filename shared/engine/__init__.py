"""The event core: load, decide, write, each effect once. `docs/engine.md` states the protocol."""

"""The services. They share contracts and the engine, and never import one another."""

"""The documents of the events, made from the contracts and the services."""

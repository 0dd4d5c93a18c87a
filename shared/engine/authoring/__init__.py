"""How a service is written: the one part of the engine that services import."""

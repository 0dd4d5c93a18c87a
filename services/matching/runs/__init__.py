"""Match runs: asked for, computed in a process of their own, proposed or discarded, shown and compared."""

"""What operators do with a running system, on the command line: over HTTP only, as any other tool could."""

"""What the processes of a service agree on: leases, the time, turns, limits of tenants."""

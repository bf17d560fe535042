"""What people and probes see: pages, live events, health, metrics."""

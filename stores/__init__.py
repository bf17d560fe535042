"""What outlives a call: records, the port, its SQL implementation, migrations."""

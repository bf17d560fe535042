"""Whether what is configured works: findings, the checks that make them, and how they are shown."""

"""HUMAN AGENTS: workers, queues, jobs, offers; who is best, and who takes over."""

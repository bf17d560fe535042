"""The page of human agents."""

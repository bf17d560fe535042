"""The tools that a language model may use in a call: one file each, each pure."""

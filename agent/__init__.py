"""What the assistant says and may do.

Nouns: *dialogue* (what was said and is known, a snapshot), *assistant* (the mind behind
one port: scripted, or led by a model), *claim* (typed values that a call gathers).
"""

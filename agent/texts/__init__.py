"""What we say by ourselves, in each language: data, one module per language.

Nouns: *texts* (every sentence of ours in one language), *variants* (the ways to say one of
them), *bundled texts* (those that come with the program; a configuration may replace any).
"""

"""Is someone speaking, and since when.

Nouns: *detector* (audio to probability of speech), *segment* (a stretch of speech with
onset and hangover, in samples), *voicing* (where exactly a voice ended, from levels).
"""

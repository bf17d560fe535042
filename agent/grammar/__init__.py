"""What we understand and read aloud, in each language: data, one module per language.

Nouns: *grammar* (all words of one language that the scripted assistant knows), *markers* (words
that tell what kind of utterance it is), *date words* (how days and times are said).
"""

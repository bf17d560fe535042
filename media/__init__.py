"""Sound in and out: what a line carries and when.

Nouns: *frame* (20 ms of 16-bit mono PCM), *codec* (ACS messages to events and back),
*playout* (what was sent, what was heard), *recording* (stereo: caller left, assistant
right), *line* (the async shell around one kind of connection).
"""

"""Call-backs: reminders of the assistant that have fallen due place calls.

(What the telephone service posts to us about calls are callbacks, too: those are in ``calls.callbacks``.)
"""

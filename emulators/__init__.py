"""Services that we pretend to be, on loopback, for development, demos and tests.

Production code never imports from here.
"""

"""Services that we call, one module each, each satisfying a port."""

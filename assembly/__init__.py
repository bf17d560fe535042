"""Everything put together: configuration in, a server that can be run out. The only importer of all rooms."""

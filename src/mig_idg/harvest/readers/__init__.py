"""One module a protocol: its first request, and what an answer holds. Nothing here opens a connection."""

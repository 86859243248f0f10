"""The files of rasters themselves, by authorised ranges (RFC 9110, 14)."""

"""Pixels: read, warped, drawn, encoded. It knows files and frames, and nothing of requests nor of callers."""

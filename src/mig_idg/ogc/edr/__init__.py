"""OGC API Environmental Data Retrieval (OGC 19-086r6): values at a point and along a line."""

"""OGC API Coverages: values themselves, cut, scaled, in another reference system."""

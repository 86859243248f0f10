"""The catalogue: one metadata record for each dataset that the caller may know of, in the formats that others read.

model.py          the record, derived from the declaration, the publication and the caller's description of the layer
completeness.py   what a record lacks, field by field, with the clause that asks for it
vocabularies.py   INSPIRE themes, limitations on public access, licences, formats
iso19139.py       ISO 19139 (INSPIRE TG 2.0.1, CNIG guide)
iso19115_3.py     ISO 19115-3; iso_reader.py reads both again, completion.py completes a declaration with one
rdf.py            DCAT-AP 3 / GeoDCAT-AP; schema_org.py; dublin_core.py
records_json.py   the record of OGC API Records
csw.py            CSW 2.0.2, its filters (filters.py) and capabilities (csw_capabilities.py)
atom.py, ckan.py  what other harvesters read
search.py         words, box, time, identifiers: over what the caller may know of, and nothing else
cql2.py           CQL2 asked of records; queryables.py, what it may ask; patterns.py, wildcards
opensearch.py, sitemap.py  how browsers and search engines find the search and the pages
harvested.py      records of other catalogues, found beside ours
source.py         the records of a caller; parameters.py, what is asked of them
handlers.py       what answers; routes.py, where
"""

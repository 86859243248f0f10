"""Checks of a file against its standard, without a deposit: `mig-idg standards check FILE`.

library      the schemas of other bodies, in a folder: which are there, imported, fetched
recognition  which standard a file follows
bal          Base Adresse Locale: the official validator through Node, then what it does not see
tables       SCDL and acceslibre: Table Schema, then the checks of Validata
decp         public procurement: JSON Schema or XSD
documents    PCRS and ISO metadata: XSD, then business rules
run          one file in, one verdict out: whatever it holds, never an internal error
report       the verdict as pages, tables and maps
"""

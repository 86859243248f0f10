"""OGC API Processes 1.0, on the process plug-ins of pygeoapi, run as jobs.

declared      a file of `processes/`: which plug-in, for whom, within which limits
descriptions  what a plug-in says of itself, old style or new, as OGC 18-062r2 wants it
catalogue     the processes of this service; their descriptions are read in a process of their own
inputs        the inputs of an execution, against their schemas
outputs       what a plug-in gave, as the outputs it declares
plugins       pygeoapi: load a plug-in, describe it, execute it (never in a process that answers requests)
reading       what a process of ours may do: read through the same routes as everybody, for the caller
handlers      the handlers of `/processes`; `jobs` those of `/jobs`, `results` what came of them
builtin/      check-against-standard, clip-to-territory, export, compare-versions, why
"""

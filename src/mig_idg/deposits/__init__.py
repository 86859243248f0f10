"""Data in: the intake of files into collections, and deposits: received, checked, signed, published.

lifecycle       the states of a deposit and the moves between them, as one table
certification   what the depositor certifies, and its answers on the grounds of §3.3
receive         the quarantine: streamed, limited, hashed, kept before it is acknowledged
scan            the malware scan, through ClamAV's socket
difference      what a file would add, change and remove in what is published
check           scan, format, rehearsed import, standard, metadata: one report
publish         the rows and the state, in one transaction
model, records  a deposit as its table holds it, asked for by the server
work            the same steps with the owner's rights, in a job or a command
tus, multipart  how a file comes over HTTP
documents, handlers, routes   /deposits
"""

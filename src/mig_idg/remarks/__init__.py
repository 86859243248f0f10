"""Remarks, questions and requests for publication, of anybody: forms without scripts, JSON, what was made public.

`reading` reads what was sent, `documents` writes what is told, `handlers` are the doors. What is kept is
`registry.remarks`; the desk of who answers is `web.desks.remarks`.
"""

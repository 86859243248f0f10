"""Notices: what the outbox holds (`registry.outbox`), written as mail and handed to a mail server by a job.

`compose` writes the mail, `smtp` speaks to the server, `send` takes what is due and writes what became of it, `bounce`
reads what came back.
"""

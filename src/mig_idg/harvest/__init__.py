"""What other infrastructures describe, read on schedule and found here beside our own (convention 001, art. 2-1, 3-2).

model         a source as `harvest/*.yml` declares it
declared      the sources of a folder, with file and line of what is wrong
description   one dataset as another catalogue describes it, whatever the protocol
readers/      one page of a source → descriptions, findings, further pages; one module a protocol
run           reads page after page within limits, resumable; then keeps what changed in one transaction, or nothing
flow          a remote collection mirrored into a layer of ours, by the same import as a file
duplicates    how near a dataset is to those that are known, and why
work          what a job or a command asks: run, plan, what is due
downstream    the probe of those who harvest us: is what was taken down gone there?
documents     sources, runs and records as answers; handlers, routes: the page `/harvest`
"""

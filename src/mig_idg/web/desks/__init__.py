"""Desks: what a person does for a body, on pages (004 §2, §3). The registry decides; pages ask, show and confirm.

acts/         each act declared once: its fields, who may, what it calls of the registry
act.py        what a declared act is
forms.py      fields → a form, its errors beside each field (WTForms)
tickets.py    what a form carries of ours: for which session, which act; and that it is sent once
clerk.py      the thread and the transaction in which the registry is asked
actor.py      who acts, for which body
effects.py    who gains and who loses, by which article
handlers.py   form → preview → confirm → receipt
mine.py, owner.py, ept.py, committees.py, pilot.py   the desks
receipts.py   the receipt as a page, and as a PDF
tokens.py     tokens that a person makes for applications
calendar.py   deadlines in iCalendar, at a secret address
report.py     the annual report of activity, and its PDF
deposits.py   a file given, followed and signed off
why.py        one decision, rule by rule, on any day
routes.py     `/desk/…`, `/why`
templates/    Jinja2, French first, English second
"""
